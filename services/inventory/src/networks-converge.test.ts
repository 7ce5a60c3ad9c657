import { setImmediate as turn } from 'node:timers/promises';
import type { MemoryOptions } from '@vfleet/bus/memory';
import { GetVfsConfig, UpdateVfsConfig } from '@vfleet/contracts/inventory';
import {
  AddVfsConfigLabel,
  AddVfsConfigNetwork,
  RemoveVfsConfigLabel,
  RemoveVfsConfigNetwork,
} from '@vfleet/contracts/inventory-networks';
import type { AllowedNetwork } from '@vfleet/contracts/vocabulary/allowed-network';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { sampleLedger } from './testing/sample-ledger.ts';

const HOSTS = ['h0', 'h1', 'h2'];
const LABELS = ['tenant', 'storage'];
/** Longer than every late message and the slow timer of a read model need. */
const HEALED_MS = 120_000;
/** Real time: there are as many durable writes as commands. */
const WITHIN = { timeout: 60_000 };

/** What administrators do to networks and lists, and what happens to processes; `n` and `host` pick whom it concerns. */
type Change =
  | { kind: 'network'; n: number; name: number; label: string | null }
  | { kind: 'no network'; n: number }
  | { kind: 'allow' | 'forbid'; host: number; n: number }
  | { kind: 'allow label' | 'forbid label'; host: number; label: string }
  | { kind: 'allow all' | 'allow lists'; host: number };
type Happening =
  | Change
  | { kind: 'wait'; ms: number }
  | { kind: 'policy dies' | 'policy arrives' | 'inventory restarts' | 'broker crashes' };

const n = fc.integer({ min: 0, max: 3 });
const host = fc.integer({ min: 0, max: HOSTS.length - 1 });
const label = fc.constantFrom(...LABELS);
const networkChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('network' as const), n, name: n, label: fc.option(label) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('no network' as const), n }) },
);
const listChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('allow' as const, 'forbid' as const), host, n }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('allow label' as const, 'forbid label' as const), host, label }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('allow all' as const, 'allow lists' as const), host }) },
);
const wait = fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4000 }) });
const death: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom(...(['policy dies', 'policy arrives', 'inventory restarts', 'broker crashes'] as const)),
});
const anything = fc.oneof(
  { weight: 4, arbitrary: networkChange },
  { weight: 4, arbitrary: listChange },
  { weight: 4, arbitrary: wait },
  { weight: 1, arbitrary: death },
);
const MESSY = { duplicate: 0.3, delay: 0.3, reorder: 0.2 };

describe('what is shown of every VfsConfig is what policy has', () => {
  it('in the end, whatever was lost, doubled and out of order, and whoever died', WITHIN, async () => {
    const happenings = fc.array(anything, { minLength: 20, maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(happenings, fc.nat(), async (all, seed) => {
        await inWorld({ seed, ...MESSY, lose: 0.15, loseReply: 0.1 }, async (world, happens) => {
          for (const happening of all) await happens(happening);
          await world.policy.arrives();
          await world.clock.advance(HEALED_MS);
          expect(await shown(world)).toEqual(await truth(world));
        });
      }),
      { numRuns: 40 },
    );
  });

  it('within the same second, while nothing is lost', WITHIN, async () => {
    const changes = fc.array(fc.oneof(networkChange, listChange), { minLength: 5, maxLength: 25, size: 'max' });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(), async (all, seed) => {
        await inWorld({ seed, ...MESSY, delayUpToMs: 100 }, async (world, happens) => {
          await world.clock.advance(HEALED_MS);
          for (const change of all) {
            await happens(change);
            await world.clock.advance(1000);
            expect(await shown(world)).toEqual(await truth(world));
          }
        });
      }),
      { numRuns: 15 },
    );
  });
});

/** Runs against three hosts with one PF each that allows listed networks; the lists are changed by commands alone. */
async function inWorld(
  faults: NonNullable<MemoryOptions['faults']>,
  run: (world: InventoryUnderTest, happens: (happening: Happening) => Promise<void>) => Promise<void>,
): Promise<void> {
  const world = await inventoryUnderTest({ faults });
  try {
    for (const id of HOSTS) {
      await world.seed({ ...sampleLedger({ allNetworksAllowed: false }), id, name: `host ${id}` });
    }
    await run(world, happensIn(world));
  } finally {
    await world.close();
  }
}

function happensIn(world: InventoryUnderTest): (happening: Happening) => Promise<void> {
  const { networks } = world.policy;
  const lives = new Map<number, number>();
  const idOf = (number: number) => `n${number}-${lives.get(number) ?? 0}`;
  const on = (index: number) => ({ host: HOSTS[index] ?? '', nic: 'ens11', vfsConfig: 'vfsConfig' });
  /** Nobody waits for the answer, which may be lost; what the command came to is in the store. */
  const sent = async (asked: Promise<unknown>) => {
    asked.catch(() => undefined);
    await turn();
  };

  return async (happening) => {
    switch (happening.kind) {
      case 'network':
        networks.put(idOf(happening.n), { name: `name ${happening.name} of ${happening.n}`, label: happening.label });
        return;
      case 'no network':
        networks.remove(idOf(happening.n));
        lives.set(happening.n, (lives.get(happening.n) ?? 0) + 1);
        return;
      case 'allow':
        return sent(world.ask(AddVfsConfigNetwork, { ...on(happening.host), network: idOf(happening.n) }));
      case 'forbid':
        return sent(world.ask(RemoveVfsConfigNetwork, { ...on(happening.host), network: idOf(happening.n) }));
      case 'allow label':
        return sent(world.ask(AddVfsConfigLabel, { ...on(happening.host), label: happening.label }));
      case 'forbid label':
        return sent(world.ask(RemoveVfsConfigLabel, { ...on(happening.host), label: happening.label }));
      case 'allow all':
        return sent(world.ask(UpdateVfsConfig, { ...on(happening.host), allNetworksAllowed: true }));
      case 'allow lists':
        return sent(world.ask(UpdateVfsConfig, { ...on(happening.host), allNetworksAllowed: false }));
      case 'wait':
        return world.clock.advance(happening.ms);
      case 'policy dies':
        return world.policy.dies();
      case 'policy arrives':
        return world.policy.arrives();
      case 'inventory restarts':
        return world.restart();
      case 'broker crashes':
        return world.crashBroker();
    }
  };
}

/** What inventory shows, asked again until the answer gets through. */
async function shown(world: InventoryUnderTest): Promise<Record<string, AllowedNetwork[]>> {
  const networks: Record<string, AllowedNetwork[]> = {};
  for (const id of HOSTS) networks[id] = replyOf(await answerOf(world, id)).resource.networks;
  return networks;
}

async function answerOf(world: InventoryUnderTest, hostId: string) {
  for (;;) {
    let isOver = false;
    const question = world
      .ask(GetVfsConfig, { host: hostId, nic: 'ens11', vfsConfig: 'vfsConfig' })
      .catch(() => undefined)
      .finally(() => {
        isOver = true;
      });
    while (!isOver) await world.clock.advance(50);
    const verdict = await question;
    if (verdict) return verdict;
  }
}

/** What the lists in the store come to with the networks that policy has now. */
async function truth(world: InventoryUnderTest): Promise<Record<string, AllowedNetwork[]>> {
  const all = world.policy.networks.all().sort((a, b) => (a.name < b.name ? -1 : 1));
  const ledgers = await world.storedLedgers();
  return Object.fromEntries(
    ledgers.map(({ id, vfsConfigs: [config] }) => [
      id,
      all.flatMap((network): AllowedNetwork[] => {
        if (network.label && config?.labels.includes(network.label)) {
          return [{ id: network.id, name: network.name, via_label: network.label }];
        }
        const isListed = config?.networkIds.includes(network.id);
        return isListed ? [{ id: network.id, name: network.name, via_label: null }] : [];
      }),
    ]),
  );
}
