import type { Bus } from '@vfleet/bus/bus';
import type { Command, Verdict } from '@vfleet/contracts/define';
import { GetOperation } from '@vfleet/contracts/scheduler/runs';
import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import { type Clock, isoNow } from '@vfleet/process/clock';

/** How often a client that got no answer asks again, with the same id. */
const AGAIN_MS = 2_000;
const PATIENCE_MS = 5_000;

/** What a client was told, in the end, of something it asked for. */
export type Told<Reply> = { verdict: Verdict<Reply>; at: number };

/** Clients as a gateway has them: a command goes out with one id until it is answered. */
export type Clients = {
  ask<Request, Reply>(contract: Command<Request, Reply>, request: Request): Promise<Told<Reply>>;
  /** Asks for an operation and waits until it has ended or `signal` aborts; undefined while it is open. */
  operate<Request>(
    contract: Command<Request, Operation>,
    request: Request,
    signal: AbortSignal,
  ): Promise<Told<Operation> | undefined>;
};

export function clientsOf({
  connect,
  clock,
  newId,
}: {
  connect: () => Bus;
  clock: Clock;
  newId: () => string;
}): Clients {
  const bus = connect();

  async function ask<Request, Reply>(contract: Command<Request, Reply>, request: Request): Promise<Told<Reply>> {
    const id = newId();
    for (;;) {
      const context = { id, correlationId: id, actor: { kind: 'user' as const, name: 'admin' }, sentAt: isoNow(clock) };
      const verdict = await bus.ask(contract, request, context, { timeoutMs: PATIENCE_MS }).catch(() => undefined);
      if (verdict) return { verdict, at: clock.now() };
      await clock.sleep(AGAIN_MS);
    }
  }

  return {
    ask,
    async operate(contract, request, signal) {
      const begun = await ask(contract, request);
      if (!begun.verdict.ok) return begun;
      const operationId = begun.verdict.reply.id;
      let latest = begun;
      while (latest.verdict.ok && latest.verdict.reply.state === 'open') {
        if (signal.aborted) return undefined;
        await clock.sleep(1_000);
        latest = await ask(GetOperation, { operationId });
      }
      return latest;
    },
  };
}
