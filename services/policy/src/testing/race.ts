import { randomUUID } from 'node:crypto';
import { answers } from '@vfleet/bus/bus';
import { memoryBroker } from '@vfleet/bus/memory';
import type { Command, Verdict } from '@vfleet/contracts/define';
import { ListHosts } from '@vfleet/contracts/inventory';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { POLICY_DEFAULTS } from '../config.ts';
import { startPolicy } from '../service.ts';
import { stutteringStore } from './stuttering-store.ts';

export type Ask = <Request, Reply>(contract: Command<Request, Reply>, request: Request) => Promise<Verdict<Reply>>;

/**
 * Two replicas of policy on one store, asked over a memory bus, and an inventory without hosts. `race` runs two requests
 * at once, the second `lead` turns of the event loop after the first, while every read and write of both replicas waits
 * as many turns as the next of `pauses` says, round and round. For tests.
 */
export async function raceTrack() {
  const clock = virtualClock();
  const broker = memoryBroker({ clock, log: silentLog });
  const { store, destroy } = await openTemporary();
  let pauses: readonly number[] = [];
  let next = 0;
  const stuttering = stutteringStore(store, () => turns(pauses[next++ % pauses.length] ?? 0));
  const around = { store: stuttering, clock, log: silentLog, newId: randomUUID, random: Math.random };
  const start = () => startPolicy({ ...around, bus: broker.connect(), settings: POLICY_DEFAULTS });
  const replicas = [await start(), await start()];
  const client = broker.connect();
  const noHosts = async () => ({ ok: true as const, reply: { items: [], next: null } });
  await broker.connect().serve('inventory', [answers(ListHosts, noHosts)]);

  const ask: Ask = (contract, request) => {
    const id = randomUUID();
    const context = { id, correlationId: id, actor: { kind: 'user' as const, name: 'admin' } };
    return client.ask(contract, request, { ...context, sentAt: '2026-01-01T00:00:00.000Z' }, { timeoutMs: 5000 });
  };
  return {
    ask,
    race: async (
      order: { pauses: readonly number[]; lead: number },
      first: () => Promise<Verdict<unknown>>,
      second: () => Promise<Verdict<unknown>>,
    ) => {
      [pauses, next] = [order.pauses, 0];
      const late = turns(order.lead).then(second);
      const verdicts = await Promise.all([first(), late]);
      pauses = [];
      return verdicts;
    },
    close: async () => {
      for (const replica of replicas) await replica.close();
      await destroy();
    },
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
