import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import {
  claimRequest,
  hostWithClaims,
  hostWithVfs,
  MADE,
  NOW,
  sampleClaim,
  VM,
  wantedClaim,
} from '../testing/sample-claims.ts';
import { sampleConfig, sampleVf, vfAt } from '../testing/sample-ledger.ts';
import type { ClaimsDecision } from './claims-decision.ts';
import { decideClaimVfs } from './decide-claim-vfs.ts';
import { Ledger, type LedgerVfsConfig } from './ledger.ts';

const DEADLINE = '2026-01-01T00:03:00.000Z';
const OPEN = { generation: 1, settled: 0, want: { numOfVfs: 4, mtu: null, allNetworksAllowed: null }, settlements: [] };
const STUCK = { since: MADE, from: 0, to: 2, holder: 'pid 7' };
const RED = { id: 'red', name: 'red', label: 'tenant', version: 3 };
const known = knownNetworks([RED, { id: 'jumbo', name: 'jumbo', mtu: 9000 }], ['gone']);

type Request = ReturnType<typeof claimRequest>;
const version3 = { network: { id: 'red', version: 3 } };
const wanted = (id: string, index: number, change: Partial<Request['claims'][number]> = {}) =>
  wantedClaim(id, index, { ...version3, ...change });
const decide = (ledger: Ledger, request: Request) =>
  decideClaimVfs(ledger, request, { known, now: NOW, deadline: DEADLINE });

function refusalsOf(decision: ClaimsDecision) {
  if (decision.ok) throw new Error('accepted');
  return decision.refusals;
}

describe('a claim is made', () => {
  it('of all its VFs at once, each with the next fence, reserved until a deadline', () => {
    const ledger = { ...hostWithVfs(3), fenceCounter: 41 };
    const decision = decide(ledger, claimRequest([wanted('c1', 2), wanted('c2', 0)]));
    if (!decision.ok || !decision.ledger) throw new Error('refused');
    expect(Ledger.parse(decision.ledger).claims).toEqual([
      {
        ...{ id: 'c1', fence: 42, vfsConfigId: 'h1-1', pciAddress: vfAt(2), placementId: 'p1', vm: VM },
        ...{ vnic: { id: 'n-c1', name: 'nic-c1' }, ...version3 },
        ...{ state: 'reserved', since: NOW, deadline: DEADLINE, dirty: null },
      },
      expect.objectContaining({ id: 'c2', fence: 43, pciAddress: vfAt(0), state: 'reserved' }),
    ]);
    expect(decision.ledger.fenceCounter).toBe(43);
    expect(decision.claims).toEqual(decision.ledger.claims);
  });

  it.each<[string, Partial<LedgerVfsConfig>]>([
    ['a PF that allows all networks', { allNetworksAllowed: true }],
    ['a PF that lists the network', { allNetworksAllowed: false, networkIds: ['red'] }],
    ['a PF with a label of the network', { allNetworksAllowed: false, labels: ['tenant'] }],
  ])('on %s', (_, config) => {
    expect(decide(hostWithVfs(1, config), claimRequest([wanted('c1', 0)])).ok).toBe(true);
  });
});

describe('a claim that is there', () => {
  it.each(['reserved', 'attached', 'releasing', 'dirty'] as const)('is answered as it is: %s', (state) => {
    const ledger = { ...hostWithClaims(sampleClaim('c1', 0, { state })), maintenanceSince: MADE };
    const decision = decide(ledger, claimRequest([wanted('c1', 0, { network: { id: 'gone', version: 1 } })]));
    expect(decision).toEqual({ ok: true, ledger: undefined, claims: ledger.claims });
  });

  it('is answered in the order asked for, beside those that are made', () => {
    const decision = decide(hostWithClaims(sampleClaim('c1', 0)), claimRequest([wanted('c2', 1), wanted('c1', 0)]));
    expect(decision).toMatchObject({
      ok: true,
      claims: [
        { id: 'c2', fence: 2 },
        { id: 'c1', fence: 1 },
      ],
    });
  });

  it.each<[string, Request]>([
    ['of another placement', claimRequest([wanted('c1', 0)], { placementId: 'p2' })],
    ['of another VF', claimRequest([wanted('c1', 1)])],
    ['of another vNIC', claimRequest([wanted('c1', 0, { vnic: { id: 'other', name: 'nic-c1' } })])],
    ['of another VM', claimRequest([wanted('c1', 0)], { vm: { id: 'v2', name: 'vm-2' } })],
    ['twice in one request', claimRequest([wanted('c2', 0), wanted('c2', 1)])],
  ])('under an id that is wanted for something else is a fault: %s', (_, request) => {
    expect(() => decide(hostWithClaims(sampleClaim('c1', 0)), request)).toThrow('claim');
  });
});

describe('a claim is refused', () => {
  const down = (ledger: Ledger): Ledger => ({ ...ledger, connection: { ...ledger.connection, status: 'down' } });
  const one = claimRequest([wanted('c1', 0)]);
  const cases: [string, Ledger, Request, string, string][] = [
    ['on a host that is down', down(hostWithVfs(1)), one, 'HOST_NOT_UP', 'Host alpha is down since 2026-01-01'],
    [
      'on a host in maintenance',
      { ...hostWithVfs(1), maintenanceSince: MADE },
      one,
      'HOST_NOT_UP',
      `in maintenance since ${MADE}`,
    ],
    [
      'on a host of another cluster',
      hostWithVfs(1),
      claimRequest([wanted('c1', 0)], { clusterId: 'west' }),
      'HOST_OF_OTHER_CLUSTER',
      'Host alpha is of cluster default, virtual machine vm-1 of cluster west.',
    ],
    ['of a VF that is not there', hostWithVfs(1), claimRequest([wanted('c1', 3)]), 'VF_NOT_EXIST', vfAt(3)],
    [
      'of a VF that is claimed, naming VF, PF, host and holder',
      hostWithClaims(sampleClaim('c0', 0, { state: 'dirty' })),
      one,
      'VF_NOT_FREE',
      'Virtual function ens11v0 (0000:41:10.0) of ens11 of host alpha is claimed for a virtual machine (virtual machine vm-1, nic-c0, dirty).',
    ],
    [
      'of a VF that the host shows in use, with every reason',
      hostWithVfs(0, {
        vfs: [sampleVf(0, { inUse: true, reasons: [reason('BRIDGE', 'is on br0'), reason('VLAN', 'carries a VLAN')] })],
      }),
      one,
      'VF_NOT_FREE',
      'is on br0, carries a VLAN',
    ],
    ['of a VF whose PF is being changed', hostWithVfs(1, { desired: OPEN }), one, 'VF_NOT_FREE', 'being changed'],
    ['of a VF whose PF is stuck', hostWithVfs(1, { stuck: STUCK }), one, 'VF_NOT_FREE', 'stuck in a change'],
    ['of a VF whose PF is not healthy', hostWithVfs(1, { driver: null }), one, 'VF_NOT_FREE', 'not healthy'],
    [
      'of one VF for two vNICs',
      hostWithVfs(1),
      claimRequest([wanted('c1', 0), wanted('c2', 0)]),
      'VF_NOT_FREE',
      'wanted for several vNICs',
    ],
    [
      'for a network that is not allowed on the PF',
      hostWithVfs(1, { allNetworksAllowed: false, networkIds: ['blue'], labels: ['dmz'] }),
      one,
      'NETWORK_NOT_ALLOWED_ON_PF',
      'Network red of nic-c1 is not allowed on ens11 of host alpha.',
    ],
    [
      'for a network with a larger MTU than the PF',
      hostWithVfs(1),
      claimRequest([wanted('c1', 0, { network: { id: 'jumbo', version: 1 } })]),
      'NETWORK_NOT_ALLOWED_ON_PF',
      'The MTU of ens11 of host alpha is 1500, network jumbo of nic-c1 needs 9000.',
    ],
    [
      'on a PF whose MTU nobody has told',
      { ...hostWithVfs(1), nics: [] },
      one,
      'NETWORK_NOT_ALLOWED_ON_PF',
      'is not known',
    ],
    [
      'for a network that has changed since',
      hostWithVfs(1),
      claimRequest([wanted('c1', 0, { network: { id: 'red', version: 2 } })]),
      'NETWORK_IS_STALE',
      'Network red is at version 3, nic-c1 was resolved with its version 2.',
    ],
    [
      'for a network that is gone',
      hostWithVfs(1),
      claimRequest([wanted('c1', 0, { network: { id: 'gone', version: 1 } })]),
      'NETWORK_IS_STALE',
      'Network gone is gone',
    ],
    [
      'under an id that was released',
      { ...hostWithVfs(1), releasedClaims: [{ id: 'c1', at: MADE }] },
      one,
      'CLAIM_WAS_RELEASED',
      'Claim c1 for nic-c1 was released.',
    ],
  ];
  it.each(cases)('%s', (_, ledger, request, code, detail) => {
    const refusals = refusalsOf(decide(ledger, request));
    expect(refusals.map((refusal) => refusal.code)).toEqual([code]);
    expect(refusals[0]?.detail).toContain(detail);
  });

  it('for every broken rule at once, naming each VF', () => {
    const ledger = {
      ...down(hostWithVfs(0, { vfs: [sampleVf(0), sampleVf(1)], stuck: STUCK, allNetworksAllowed: false })),
      releasedClaims: [{ id: 'c3', at: MADE }],
    };
    const stale = wanted('c3', 5, { network: { id: 'gone', version: 1 } });
    const request = claimRequest([wanted('c1', 0), wanted('c2', 1), stale], { clusterId: 'west' });
    const refusals = refusalsOf(decide(ledger, request));
    expect(refusals.map(({ code }) => code)).toEqual([
      'HOST_NOT_UP',
      'HOST_OF_OTHER_CLUSTER',
      'VF_NOT_EXIST',
      'VF_NOT_FREE',
      'NETWORK_NOT_ALLOWED_ON_PF',
      'NETWORK_IS_STALE',
      'CLAIM_WAS_RELEASED',
    ]);
    const notFree = refusals.find(({ code }) => code === 'VF_NOT_FREE')?.detail;
    expect(notFree).toContain('ens11v0');
    expect(notFree).toContain('; virtual function ens11v1');
  });

  it('all of it when one of its claims is, and when one has been released meanwhile', () => {
    const taken = hostWithClaims(sampleClaim('c0', 1, { placementId: 'p2' }));
    expect(decide(taken, claimRequest([wanted('c1', 0), wanted('c2', 1)])).ok).toBe(false);
    const halfGone = { ...hostWithClaims(sampleClaim('c1', 0)), releasedClaims: [{ id: 'c2', at: MADE }] };
    expect(refusalsOf(decide(halfGone, claimRequest([wanted('c1', 0), wanted('c2', 1)])))).toMatchObject([
      { code: 'CLAIM_WAS_RELEASED' },
    ]);
  });
});

it('claims a VF of any PF, and names that PF', () => {
  const ledger = hostWithVfs(1);
  const second = sampleConfig({ id: 'h1-2', pciAddress: '0000:42:00.0', nicName: 'ens12', vfs: [sampleVf(6)] });
  const nics = ledger.nics.map((nic, index) => (index === 1 ? { ...nic, vfsConfigId: 'h1-2', mtu: 9000 } : nic));
  const host = { ...ledger, nics, vfsConfigs: [...ledger.vfsConfigs, second] };
  const jumbo = wanted('c1', 6, { network: { id: 'jumbo', version: 1 } });
  expect(decide(host, claimRequest([jumbo]))).toMatchObject({ ok: true, claims: [{ vfsConfigId: 'h1-2' }] });
});

function reason(code: string, text: string) {
  return { code, text };
}
