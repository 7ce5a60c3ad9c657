import { ClaimVfs, ReleaseClaims } from '@vfleet/contracts/inventory-claims';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest } from './testing/inventory-under-test.ts';
import { claimRequest, hostWithVfs, wantedClaim } from './testing/sample-claims.ts';

const VFS = 7;
const CLIENTS = 64;

let world: InventoryUnderTest;

beforeEach(async () => {
  world = await inventoryUnderTest();
  world.policy.networks.put('red', { name: 'red', label: null });
  await world.seed(hostWithVfs(VFS));
  await world.addReplica();
});
afterEach(() => world.close());

const ledger = async () => {
  const [host] = await world.storedLedgers();
  if (!host) throw new Error('no host');
  return host;
};

/** Waits for answers while the clock goes on: who loses a race again and again pauses. */
async function answered<Answer>(asked: Promise<Answer>[]): Promise<Answer[]> {
  let isDone = false;
  const all = Promise.all(asked).finally(() => {
    isDone = true;
  });
  all.catch(() => undefined);
  while (!isDone) await world.clock.advance(10);
  return all;
}

it('gives each VF to exactly one of many who want it at once, over two replicas (F35)', async () => {
  const asked = Array.from({ length: CLIENTS }, (_, client) =>
    world.ask(ClaimVfs, claimRequest([wantedClaim(`c${client}`, client % VFS)], { placementId: `p${client}` })),
  );
  const verdicts = await answered(asked);
  const winners = verdicts.flatMap((verdict) => (verdict.ok ? verdict.reply.claims : []));
  expect(winners.map(({ pciAddress }) => pciAddress).sort()).toEqual(
    hostWithVfs(VFS).vfsConfigs[0]?.vfs.map(({ pciAddress }) => pciAddress),
  );
  expect(winners.map(({ fence }) => fence).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  const lost = verdicts.flatMap((verdict) => (verdict.ok ? [] : verdict.refusals.map(({ code }) => code)));
  expect(lost).toEqual(Array(CLIENTS - VFS).fill('VF_NOT_FREE'));
  expect((await ledger()).claims.map(({ id }) => id).sort()).toEqual(winners.map(({ claimId }) => claimId).sort());
});

it('gives several VFs to one or to nobody, and what is given back to the next', async () => {
  const { agent } = await world.attachAgent();
  for (let round = 0; round < 3; round++) {
    const asked = Array.from({ length: CLIENTS / 4 }, (_, client) => {
      const id = `${round}-${client}`;
      const claims = [wantedClaim(`a${id}`, client % VFS), wantedClaim(`b${id}`, (client + 3) % VFS)];
      return world.ask(ClaimVfs, claimRequest(claims, { placementId: `p${id}` }));
    });
    await answered(asked);
    const { claims } = await ledger();
    expect(new Set(claims.map(({ pciAddress }) => pciAddress)).size).toBe(claims.length);
    const byPlacement = Map.groupBy(claims, ({ placementId }) => placementId);
    expect(byPlacement.size).toBe(3);
    expect([...byPlacement.values()].map(({ length }) => length)).toEqual([2, 2, 2]);
    const released = [...byPlacement].map(([placementId, held]) =>
      world.ask(ReleaseClaims, { hostId: 'h1', placementId, claimIds: held.map(({ id }) => id) }),
    );
    await answered(released);
    await world.idle();
    expect((await ledger()).claims).toEqual([]);
  }
  expect(new Set(agent.toldToClean.flat().map(({ claimId }) => claimId)).size).toBe(18);
});
