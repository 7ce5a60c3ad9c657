import { reactsTo } from '@vfleet/bus/bus';
import { memoryBroker } from '@vfleet/bus/memory';
import type { BusFaults } from '@vfleet/bus/memory/faults';
import { ChangeProgressed, HostDevicesReported, Probe, VfsWanted } from '@vfleet/contracts/host-agent';
import type { Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEMO_SCENARIOS } from './adapters/scenarios.ts';
import { simulatedHost } from './adapters/simulated-host.ts';
import { startHostAgent } from './service.ts';
import { HostAgentSettings } from './settings.ts';
import { stateFiles } from './state-files.ts';
import { memoryFiles } from './testing/memory-files.ts';
import { passing, until } from './testing/passing.ts';

const PF = '0000:05:00.0';

/** An agent and a small inventory on one broker: it sends what is not settled again with every report and second. */
async function onOneBroker(faults?: BusFaults) {
  const clock = virtualClock();
  const broker = memoryBroker({ clock, log: silentLog, faults });
  const inventory = broker.connect();
  const machine = simulatedHost({ scenario: DEMO_SCENARIOS.alpha, clock, seed: 'alpha' });
  const files = memoryFiles();
  let ids = 0;
  const newId = () => `id-${++ids}`;
  let settlement: Settlement | null = null;
  let newest = [0, 0];

  const serving = await inventory.serve('inventory', [
    reactsTo(ChangeProgressed, async () => {}),
    reactsTo(HostDevicesReported, async ({ payload: { boot, sequence, pfs } }) => {
      if (boot < (newest[0] ?? 0) || (boot === newest[0] && sequence <= (newest[1] ?? 0))) return;
      newest = [boot, sequence];
      settlement = pfs.find(({ pciAddress }) => pciAddress === PF)?.settlement ?? null;
    }),
  ]);
  const context = () => {
    const id = newId();
    const actor = { kind: 'service' as const, name: 'inventory' };
    return { id, correlationId: id, actor, sentAt: new Date(clock.now()).toISOString() };
  };
  const agent = await startHostAgent({
    ...{
      hostId: 'alpha',
      bus: broker.connect(),
      host: machine,
      guests: machine.guests,
      files,
      clock,
      log: silentLog,
      newId,
    },
    settings: HostAgentSettings.parse({}),
  });
  await clock.advance(100);

  return {
    clock,
    machine,
    state: stateFiles(files),
    probe: () => inventory.tell(Probe, 'alpha', {}, context()),
    settle: async (generation: number, numOfVfs: number) => {
      await until(
        clock,
        async () => {
          if ((settlement?.generation ?? 0) >= generation) return true;
          const wanted = { vfsConfigId: 'alpha-1', pciAddress: PF, generation, numOfVfs };
          void inventory.tell(VfsWanted, 'alpha', wanted, context());
          return false;
        },
        { stepMs: 1_000, limitMs: 600_000 },
      );
      return settlement;
    },
    close: async () => {
      await passing(clock, Promise.all([agent.close(), serving.close()]));
    },
  };
}

it('obeys and reports over a bus that is honest', async () => {
  const { probe, settle, machine, close } = await onOneBroker();
  expect(await probe()).toBe('delivered');
  expect(await settle(1, 5)).toMatchObject({ outcome: { result: 'applied' }, existing: 5 });
  expect(machine.writes()).toHaveLength(1);
  await close();
  expect(await probe()).toBe('no-agent');
});

it('F56: carries each generation out once, whatever the bus duplicates, delays, reorders and loses', async () => {
  const chance = fc.constantFrom(0, 0.1, 0.3);
  const faults = fc.record({ seed: fc.nat(), duplicate: chance, delay: chance, reorder: chance, lose: chance });
  await fc.assert(
    fc.asyncProperty(faults, fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }), async (bus, numbers) => {
      const { settle, machine, state, close } = await onOneBroker({ ...bus, delayUpToMs: 5_000 });
      let removalsAndCreations = 0;
      let holds = 0;
      for (const [index, number] of numbers.entries()) {
        expect(await settle(index + 1, number)).toMatchObject({ outcome: { result: 'applied' }, existing: number });
        if (number !== holds) removalsAndCreations += (holds > 0 ? 1 : 0) + (number > 0 ? 1 : 0);
        holds = number;
        expect(machine.numVfs(PF)).toBe(number);
        expect((await state.persisted(PF))?.count).toBe(number);
      }
      expect(machine.writes()).toHaveLength(removalsAndCreations);
      await close();
    }),
    { numRuns: 40 },
  );
});
