import { AttachClaims, ClaimVfs, FindClaims, ReleaseClaims } from '@vfleet/contracts/inventory-claims';
import { turnsUntil } from '@vfleet/process/turns-until';
import { afterEach, describe, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { claimRequest, hostWithVfs, wantedClaim } from './testing/sample-claims.ts';
import { vfAt } from './testing/sample-ledger.ts';

const OF_P1 = { hostId: 'h1', placementId: 'p1' };
const C1 = claimRequest([wantedClaim('c1', 0)]);
/** Longer than every late message and every loop need, in milliseconds. */
const HEALED_MS = 20_000;

let world: InventoryUnderTest;

/** The sample host, up, with an agent that cleans what it is told to. */
async function start(faults?: Parameters<typeof inventoryUnderTest>[0] extends infer O | undefined ? O : never) {
  world = await inventoryUnderTest(faults);
  world.policy.networks.put('red', { name: 'red', label: null });
  await world.seed(hostWithVfs(7));
  return world.attachAgent();
}
afterEach(() => world.close());

const claimsOf = async (placementId: string) => replyOf(await world.ask(FindClaims, { placementId })).claims;
const ledger = async () => {
  const [host] = await world.storedLedgers();
  if (!host) throw new Error('no host');
  return host;
};

describe('late claim', () => {
  it('that comes after its release is refused for good, and the VF is free for others', async () => {
    await start();
    expect(replyOf(await world.ask(ReleaseClaims, { ...OF_P1, claimIds: ['c1'] })).claims).toEqual([]);
    for (const id of ['first', 'again']) {
      expect(await world.ask(ClaimVfs, C1, id)).toMatchObject({ refusals: [{ code: 'CLAIM_WAS_RELEASED' }] });
    }
    expect(await claimsOf('p1')).toEqual([]);
    const other = claimRequest([wantedClaim('c2', 0)], { placementId: 'p2' });
    expect(replyOf(await world.ask(ClaimVfs, other)).claims).toMatchObject([{ claimId: 'c2', fence: 1 }]);
  });

  it('that comes twice is one claim, under the same command and under another', async () => {
    await start();
    const first = replyOf(await world.ask(ClaimVfs, C1, 'command-1'));
    expect(replyOf(await world.ask(ClaimVfs, C1, 'command-1'))).toEqual(first);
    expect(replyOf(await world.ask(ClaimVfs, C1, 'command-2'))).toEqual(first);
    expect(await ledger()).toMatchObject({ fenceCounter: 1, claims: [{ id: 'c1', fence: 1 }] });
  });

  it('that comes again after its VF was cleaned takes nothing from who has the VF since', async () => {
    await start();
    replyOf(await world.ask(ClaimVfs, C1));
    replyOf(await world.ask(ReleaseClaims, { ...OF_P1, claimIds: ['c1'] }));
    await world.idle();
    const second = claimRequest([wantedClaim('c2', 0)], { placementId: 'p2' });
    replyOf(await world.ask(ClaimVfs, second));
    expect(await world.ask(ClaimVfs, C1)).toMatchObject({
      refusals: [{ code: 'VF_NOT_FREE' }, { code: 'CLAIM_WAS_RELEASED' }],
    });
    expect(await world.ask(AttachClaims, { ...OF_P1, claimIds: ['c1'] })).toMatchObject({
      refusals: [{ code: 'CLAIM_WAS_RELEASED' }],
    });
    expect(replyOf(await world.ask(ReleaseClaims, { ...OF_P1, claimIds: ['c1'] })).claims).toEqual([]);
    expect(await claimsOf('p2')).toMatchObject([{ claimId: 'c2', fence: 2, state: 'reserved' }]);
  });

  it('is answered by the successor of a process that died between put and answer', async () => {
    await start();
    world.diesAfterNextPut();
    const answer = world.ask(ClaimVfs, C1);
    await turnsUntil(async () => (await ledger()).claims.length > 0);
    await world.restart();
    expect(replyOf(await answer).claims).toMatchObject([{ claimId: 'c1', fence: 1, state: 'reserved' }]);
    expect((await ledger()).fenceCounter).toBe(1);
  });

  it('is released by the successor of a process that died between put and telling the host', async () => {
    const { agent } = await start();
    replyOf(await world.ask(ClaimVfs, C1));
    world.diesAfterNextPut();
    const answer = world.ask(ReleaseClaims, { ...OF_P1, claimIds: ['c1'] });
    await turnsUntil(async () => (await ledger()).claims[0]?.state === 'releasing');
    await world.restart();
    expect(replyOf(await answer).claims).toMatchObject([{ state: 'releasing' }]);
    expect(agent.toldToClean).toEqual([]);
    await world.clock.advance(HEALED_MS);
    await world.idle();
    expect(agent.toldToClean[0]).toEqual([{ claimId: 'c1', pciAddress: vfAt(0), fence: 1 }]);
    expect(await claimsOf('p1')).toEqual([]);
  });

  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'and its release, doubled, late and out of order, leave nothing held (seed %i)',
    async (seed) => {
      await start({ faults: { seed, duplicate: 0.4, delay: 0.4, reorder: 0.3, loseReply: 0.2 } });
      await world.clock.advance(HEALED_MS);
      for (let n = 0; n < 4; n++) {
        const of = { hostId: 'h1', placementId: `p${n}` };
        const claims = [wantedClaim(`a${n}`, n), wantedClaim(`b${n}`, n + 1)];
        world.ask(ClaimVfs, claimRequest(claims, { placementId: of.placementId })).catch(() => undefined);
        world.ask(AttachClaims, { ...of, claimIds: [`a${n}`] }).catch(() => undefined);
        world.ask(ReleaseClaims, { ...of, claimIds: [`a${n}`, `b${n}`] }).catch(() => undefined);
        await world.clock.advance(seed * 50);
      }
      await world.clock.advance(HEALED_MS);
      const { claims, releasedClaims, fenceCounter } = await ledger();
      expect(claims).toEqual([]);
      expect(releasedClaims.map(({ id }) => id).sort()).toEqual(['a0', 'a1', 'a2', 'a3', 'b0', 'b1', 'b2', 'b3']);
      expect(fenceCounter).toBeLessThanOrEqual(8);
    },
  );
});
