import { describe, expect, it } from 'vitest';
import { digest } from '../digest.ts';
import { knownNetworks } from '../testing/known-networks.ts';
import { claimed, sampleConfig, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { type PlannedOn, planToken, whatMoved } from './plan-token.ts';

const KNOWN = knownNetworks([{ id: 'n1', name: 'red' }]);
const WANTED = { numOfVfs: 4 };
const VFS = [sampleVf(0), sampleVf(1)];
const OPEN = { generation: 1, settled: 0, want: { numOfVfs: 4, mtu: null, allNetworksAllowed: null }, settlements: [] };
const SETTLED = { ...OPEN, settled: 1 };
const BRIDGED = sampleVf(1, { inUse: true, reasons: [{ code: 'BRIDGE', text: 'is a port of a bridge (br0)' }] });
const STUCK = { since: '2026-01-02', from: 2, to: 4, holder: 'pid 7' };

describe('what has moved since a plan was made', () => {
  it('nothing, whatever else becomes of the host', () => {
    const before = on({});
    const after = {
      ...before,
      ledger: { ...before.ledger, name: 'other', revision: 9, maintenanceSince: '2026-01-02' },
    };
    expect(moved(before, after)).toBeUndefined();
    expect(whatMoved(before)).toBeUndefined();
  });

  it.each<[string, PlannedOn, string]>([
    ['another number', { ...on({}), wanted: { numOfVfs: 5 } }, 'the plan is for another change'],
    ['an MTU beside it', { ...on({}), wanted: { ...WANTED, mtu: 9000 } }, 'the plan is for another change'],
    ['the MTU left alone beside it', { ...on({}), wanted: { ...WANTED, mtu: null } }, 'the plan is for another change'],
    ['a flag beside it', { ...on({}), wanted: { ...WANTED, allNetworksAllowed: false } }, 'the plan is for another'],
    ['an edit', on({ revision: 2 }), 'the VfsConfig was changed'],
    ['a new generation', on({ desired: OPEN }), 'the VfsConfig was changed'],
    ['other lists', on({ networkIds: ['n1'] }), 'the VfsConfig was changed'],
    ['fewer VFs', on({ vfs: VFS.slice(1) }), 'which virtual functions it has, was changed'],
    ['another driver', on({ driver: null }), 'the physical function'],
    [
      'another MTU of the PF',
      on({}, (ledger) => ({ ...ledger, nics: ledger.nics.map((nic) => ({ ...nic, mtu: 9000 })) })),
      'the physical function',
    ],
    ['a missing PF', on({ missingSince: '2026-01-02' }), 'the physical function'],
    ['a stuck PF', on({ stuck: STUCK }), 'the physical function'],
    ['a VF in use', on({ vfs: [sampleVf(0), BRIDGED] }), 'something took or left its virtual functions'],
    ['a claim', on({}, claimed), 'something took or left its virtual functions'],
  ])('%s', (_, after, text) => {
    expect(moved(on({}), after)).toContain(text);
  });

  it('a settlement', () => {
    expect(moved(on({ desired: OPEN }), on({ desired: SETTLED }))).toBe(
      'a change of the number of virtual functions was settled',
    );
  });

  it('networks, when the plan is of which are allowed', () => {
    const wanted = { allNetworksAllowed: false };
    const known = knownNetworks([{ id: 'n1', name: 'red', version: 2 }]);
    expect(moved({ ...on({}), wanted }, { ...on({}), wanted, known })).toBe('the networks were changed');
    expect(moved(on({}), { ...on({}), known })).toBeUndefined();
  });

  it('all that has moved at once', () => {
    expect(moved(on({}), on({ revision: 2, vfs: [] }))?.split('; ')).toHaveLength(3);
  });

  it.each(['', 'made up', 'a.b.c.d.e'])('all, for a token that is none: %o', (token) => {
    expect(whatMoved({ ...on({}), wanted: { ...WANTED, planToken: token } })).toContain('it is none of a plan');
  });
});

it('a token is short and can be put into any request', () => {
  expect(planToken(on({}))).toMatch(/^[\w-]{12}(\.[\w-]{12}){5}$/);
});

function on(change: Partial<LedgerVfsConfig>, also: (ledger: Ledger) => Ledger = (ledger) => ledger): PlannedOn {
  const config = sampleConfig({ vfs: VFS, ...change });
  return {
    ledger: also({ ...sampleLedger(), vfsConfigs: [config] }),
    config,
    wanted: WANTED,
    known: KNOWN,
    hash: digest,
  };
}

function moved(before: PlannedOn, after: PlannedOn): string | undefined {
  return whatMoved({ ...after, wanted: { ...after.wanted, planToken: planToken(before) } });
}
