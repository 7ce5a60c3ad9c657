import type { VfsCleaned } from '@vfleet/contracts/host-agent-vms';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { hostWithClaims, MADE, NOW, sampleClaim, TIMES } from '../testing/sample-claims.ts';
import { vfAt } from '../testing/sample-ledger.ts';
import { decideVfsCleaned } from './decide-vfs-cleaned.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';

type Result = z.infer<typeof VfsCleaned.payload>['results'][number];

const FAILURE = { code: 'EBUSY', cause: 'the driver does not let go', remedy: 'Reload igb.' };
const DIRTY = { result: 'dirty', failure: FAILURE } as const;
const CLEAN = { result: 'clean' } as const;
const HELD = { result: 'held', by: 'domain vm-1' } as const;

const releasing = (change: Partial<LedgerClaim> = {}) => sampleClaim('c1', 0, { state: 'releasing', ...change });
const word = (outcome: Result['outcome'], change: Partial<Result> = {}): Result => ({
  ...{ claimId: 'c1', pciAddress: vfAt(0), fence: 1, outcome },
  ...change,
});
const decide = (ledger: Ledger, ...results: Result[]) => decideVfsCleaned(ledger, results, TIMES);

describe('a VF that is proved clean', () => {
  it.each(['releasing', 'dirty'] as const)('is free again, and its claim remembered as released: %s', (state) => {
    const other = sampleClaim('c2', 1);
    const decision = decide(hostWithClaims(releasing({ state }), other), word(CLEAN));
    expect(decision).toMatchObject({ gone: [{ id: 'c1' }], kept: [] });
    expect(decision?.ledger).toMatchObject({ claims: [other], releasedClaims: [{ id: 'c1', at: NOW }] });
  });

  it('is free although the host does not show it any more', () => {
    const ledger = { ...hostWithClaims(releasing()), vfsConfigs: [] };
    expect(decide(ledger, word(CLEAN))?.ledger.claims).toEqual([]);
  });

  it('leaves quarantine with a note, and no other clean VF has one', () => {
    const dirty = releasing({ state: 'dirty', since: MADE });
    expect(decide(hostWithClaims(dirty), word(CLEAN))?.notes).toMatchObject([
      {
        action: 'freeQuarantinedVf',
        target: '/api/hosts/h1/nics/pci_0000_41_10_0',
        outcome: 'done',
        detail: expect.stringContaining(`since ${MADE}`),
      },
    ]);
    expect(decide(hostWithClaims(releasing()), word(CLEAN))?.notes).toEqual([]);
  });

  it('is free by the last fence that prepared it, which nobody claims any more', () => {
    const ledger = hostWithClaims();
    const uncleaned = [{ pciAddress: vfAt(0), fence: 1, claimId: 'c1' }];
    const told = { boot: 1, sequence: 1, machineBoot: 'm1', takenAt: MADE, domains: [], uncleaned };
    const decision = decide({ ...ledger, domains: told }, word(CLEAN));
    expect(decision).toMatchObject({ gone: [], kept: [], ledger: { domains: { uncleaned: [] }, releasedClaims: [] } });
  });
});

describe('nothing is proved', () => {
  const ledger = hostWithClaims(releasing());
  it.each<[string, Ledger, Result]>([
    ['about a claim that is not there', hostWithClaims(), word(CLEAN)],
    ['by another fence', ledger, word(CLEAN, { fence: 2 })],
    ['by another VF', ledger, word(CLEAN, { pciAddress: vfAt(1) })],
    ['about a reserved claim', hostWithClaims(releasing({ state: 'reserved' })), word(CLEAN)],
    ['about an attached claim', hostWithClaims(releasing({ state: 'attached' })), word(CLEAN)],
    ['to be dirty about an attached claim', hostWithClaims(releasing({ state: 'attached' })), word(DIRTY)],
  ])('%s', (_, before, result) => {
    expect(decide(before, result)).toBeUndefined();
  });
});

describe('a VF that cannot be proved clean', () => {
  it('goes into quarantine with cause and remedy, noted once', () => {
    const decision = decide(hostWithClaims(releasing()), word(DIRTY));
    const dirty = { cause: FAILURE.cause, remedy: expect.stringMatching(/^Reload igb\. .*reboot the host/) };
    expect(decision).toMatchObject({ gone: [], kept: [{ id: 'c1', state: 'dirty', since: NOW, dirty }] });
    expect(decision?.ledger.claims).toEqual(decision?.kept);
    expect(decision?.notes).toMatchObject([
      { action: 'quarantineVf', outcome: 'failed', codes: ['EBUSY'], detail: expect.stringContaining(FAILURE.remedy) },
    ]);
    if (!decision) throw new Error('nothing changed');
    expect(decide(decision.ledger, word(DIRTY))).toBeUndefined();
    const other = { ...DIRTY, failure: { ...FAILURE, cause: 'The card is gone.' } };
    expect(decide(decision.ledger, word(other))).toMatchObject({
      kept: [{ state: 'dirty', since: NOW, dirty: { cause: 'The card is gone.' } }],
      notes: [],
    });
  });

  it.each(['releasing', 'dirty'] as const)('waits while it is held, saying by what: %s', (state) => {
    const decision = decide(hostWithClaims(releasing({ state })), word(HELD));
    expect(decision).toMatchObject({ gone: [], notes: [] });
    expect(decision?.kept).toMatchObject([
      { state, since: MADE, dirty: { cause: expect.stringContaining('domain vm-1') } },
    ]);
    if (!decision) throw new Error('nothing changed');
    expect(decide(decision.ledger, word(HELD))).toBeUndefined();
    expect(decide(decision.ledger, word(CLEAN))?.ledger.claims).toEqual([]);
  });
});

it('takes the words of one message one by one, and a proof among them is the last', () => {
  const ledger = hostWithClaims(releasing(), sampleClaim('c2', 1, { state: 'releasing' }), sampleClaim('c3', 2));
  const second = { claimId: 'c2', pciAddress: vfAt(1), fence: 2 };
  const decision = decide(ledger, word(DIRTY), word(CLEAN), word(DIRTY), word(HELD, second));
  expect(decision?.gone.map(({ id }) => id)).toEqual(['c1']);
  expect(decision?.ledger.claims.map(({ id, state }) => [id, state])).toEqual([
    ['c2', 'releasing'],
    ['c3', 'attached'],
  ]);
  expect(decision?.notes).toEqual([]);
});
