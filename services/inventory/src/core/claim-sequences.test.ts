import type { VfsCleaned } from '@vfleet/contracts/host-agent-vms';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { knownNetworks } from '../testing/known-networks.ts';
import { claimRequest, hostWithVfs, NOW, TIMES, wantedClaim } from '../testing/sample-claims.ts';
import { vfAt } from '../testing/sample-ledger.ts';
import { isHeld } from './claims-decision.ts';
import { decideAttachClaims } from './decide-attach-claims.ts';
import { decideClaimVfs } from './decide-claim-vfs.ts';
import { decidePoweredOff } from './decide-powered-off.ts';
import { decideReleaseClaims } from './decide-release-claims.ts';
import { decideReleaseOrphans } from './decide-release-orphans.ts';
import { decideVfsCleaned } from './decide-vfs-cleaned.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';

type Proof = z.infer<typeof VfsCleaned.payload>['results'][number];
type Happening =
  | { kind: 'claim'; claims: number[] }
  /** Of a claim that is there when `there` is set, of any otherwise: one that comes, or that was there long ago. */
  | { kind: 'attach' | 'release' | 'orphaned'; claim: number; there: boolean }
  | { kind: 'the agent cleans'; which: number; result: Proof['outcome']['result'] }
  | { kind: 'a word of the agent arrives'; which: number }
  | { kind: 'powered off' }
  | { kind: 'the agent is heard' };

const VFS = 3;
const CLAIMS = 60;
const known = knownNetworks([{ id: 'red', name: 'red' }]);

const claim = fc.integer({ min: 0, max: CLAIMS - 1 });
const which = fc.nat(20);
/** Any claim, word or command comes any number of times, in any order, however late. */
const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('claim'),
        claims: fc.uniqueArray(claim, { minLength: 1, maxLength: 2 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constantFrom('attach', 'release', 'orphaned'), claim, there: fc.boolean() }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('the agent cleans'),
        which,
        result: fc.constantFrom('clean', 'clean', 'dirty', 'held'),
      }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('a word of the agent arrives'), which }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('powered off') }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('the agent is heard') }) },
  ) as fc.Arbitrary<Happening>,
  { minLength: 20, maxLength: 80, size: 'max' },
);

it('never gives a VF twice, never a fence or an id again, and frees nothing without proof or confirmed loss', () => {
  let freed = 0;
  let reclaimed = 0;
  fc.assert(
    fc.property(happenings, (all) => {
      const history = { ids: new Set<string>(), fences: new Map<string, number>() };
      const words: Proof[] = [];
      let ledger = hostWithVfs(VFS);
      for (const happening of all) {
        const before = ledger;
        ledger = after(before, happening, words);
        expectNoVfTwice(ledger);
        for (const made of without(ledger.claims, before.claims)) {
          expect(history.ids).not.toContain(made.id);
          expect(made.fence).toBeGreaterThan(history.fences.get(made.pciAddress) ?? 0);
          expect(made.fence).toBeGreaterThan(ledger.fenceFloor);
          if (history.fences.has(made.pciAddress)) reclaimed++;
          history.ids.add(made.id);
          history.fences.set(made.pciAddress, made.fence);
        }
        if (happening.kind === 'release') history.ids.add(meant(before, happening).claimIds[0] ?? '');
        for (const gone of without(before.claims, ledger.claims)) {
          expect(isProved(gone, happening, words)).toBe(true);
          freed++;
        }
        expectOnlyForward(before, ledger);
      }
    }),
    { numRuns: 300 },
  );
  expect(Math.min(freed, reclaimed)).toBeGreaterThan(100);
});

/** A claim id is made once, for one VF and one placement. */
function requestOf(claims: readonly number[]) {
  const placement = (claims[0] ?? 0) % 2;
  const ofOne = claims.filter((number) => number % 2 === placement);
  return claimRequest(
    ofOne.map((number) => wantedClaim(`c${number}`, number % VFS)),
    { placementId: `p${placement}` },
  );
}

function after(ledger: Ledger, happening: Happening, words: Proof[]): Ledger {
  switch (happening.kind) {
    case 'claim': {
      const decision = decideClaimVfs(ledger, requestOf(happening.claims), { known, now: NOW, deadline: NOW });
      return decision.ok ? (decision.ledger ?? ledger) : ledger;
    }
    case 'attach': {
      const decision = decideAttachClaims(ledger, meant(ledger, happening), NOW);
      return decision.ok ? (decision.ledger ?? ledger) : ledger;
    }
    case 'release':
      return decideReleaseClaims(ledger, meant(ledger, happening), TIMES).ledger ?? ledger;
    case 'orphaned':
      return decideReleaseOrphans(ledger, meant(ledger, happening).claimIds, NOW)?.ledger ?? ledger;
    case 'the agent cleans': {
      const told = ledger.claims.filter((held) => !isHeld(held));
      const cleaned = told[happening.which % Math.max(told.length, 1)];
      if (cleaned) words.push(wordOf(cleaned, happening.result));
      return ledger;
    }
    case 'a word of the agent arrives': {
      const word = words[happening.which % Math.max(words.length, 1)];
      return (word && decideVfsCleaned(ledger, [word], TIMES)?.ledger) ?? ledger;
    }
    case 'powered off': {
      const down: Ledger = { ...ledger, connection: { ...ledger.connection, status: 'down' } };
      const decision = decidePoweredOff(down, { heardAt: undefined, saidAt: NOW }, TIMES);
      return decision.ok ? decision.ledger : down;
    }
    case 'the agent is heard':
      return { ...ledger, connection: { ...ledger.connection, status: 'up' } };
    default:
      return happening satisfies never;
  }
}

function meant(
  { claims }: Ledger,
  { claim: number, there }: { claim: number; there: boolean },
): { placementId: string; claimIds: string[] } {
  const held = there ? claims[number % Math.max(claims.length, 1)] : undefined;
  return held
    ? { placementId: held.placementId, claimIds: [held.id] }
    : { placementId: `p${number % 2}`, claimIds: [`c${number}`] };
}

function wordOf({ id, pciAddress, fence }: LedgerClaim, result: Proof['outcome']['result']): Proof {
  const outcomes: Record<typeof result, Proof['outcome']> = {
    clean: { result: 'clean' },
    dirty: { result: 'dirty', failure: { code: 'EIO', cause: 'It failed.', remedy: 'Replace it.' } },
    held: { result: 'held', by: 'a domain' },
  };
  return { claimId: id, pciAddress, fence, outcome: outcomes[result] };
}

function expectNoVfTwice({ claims }: Ledger): void {
  expect(new Set(claims.map(({ pciAddress }) => pciAddress)).size).toBe(claims.length);
  for (const { pciAddress } of claims) expect([vfAt(0), vfAt(1), vfAt(2)]).toContain(pciAddress);
}

function isProved(gone: LedgerClaim, happening: Happening, words: readonly Proof[]): boolean {
  if (happening.kind === 'powered off') return true;
  if (happening.kind !== 'a word of the agent arrives') return false;
  const word = words[happening.which % words.length];
  return word?.claimId === gone.id && word.fence === gone.fence && word.outcome.result === 'clean';
}

/** A claim that is on its way out is never held again, and neither fences nor the floor ever fall. */
function expectOnlyForward(before: Ledger, after: Ledger): void {
  const leaving = new Set(before.claims.filter((known) => !isHeld(known)).map(({ id }) => id));
  expect(after.claims.filter((known) => leaving.has(known.id) && isHeld(known))).toEqual([]);
  expect(after.fenceCounter).toBeGreaterThanOrEqual(before.fenceCounter);
  expect(after.fenceFloor).toBeGreaterThanOrEqual(before.fenceFloor);
}

function without(claims: readonly LedgerClaim[], others: readonly LedgerClaim[]): LedgerClaim[] {
  const ids = new Set(others.map(({ id }) => id));
  return claims.filter(({ id }) => !ids.has(id));
}
