import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bruteForce } from '../testing/brute-force.ts';
import { anyDemand, anyHost } from '../testing/random-matching.ts';
import { sampleDemand, sampleNetwork, sampleWish } from '../testing/sample-demand.ts';
import { only, sampleHost, samplePf } from '../testing/sample-host.ts';
import { explainHost } from './explain-host.ts';
import { capacityOf, newShapes } from './host-capacity.ts';
import type { HostFacts, PfFacts } from './host-facts.ts';
import { shortageOf } from './host-shortage.ts';
import { shapeViewOf } from './shape-view.ts';
import type { VfDemand, VfWish } from './vf-demand.ts';

const SIZE = { pfs: 3, vfs: 2, vnics: 4 };
const NO_VFS = { vfs: 0, freeVfs: [] };

function causesOf(facts: HostFacts, demand: VfDemand, excluded = new Map<string, string>()) {
  const host = capacityOf(facts, newShapes());
  const shortage = shortageOf(host, demand, shapeViewOf(host.shape, demand), excluded);
  return shortage && explainHost(host, shortage, excluded.get(host.id)).causes;
}

const texts = (facts: HostFacts, demand: VfDemand, excluded?: Map<string, string>) =>
  causesOf(facts, demand, excluded)?.map(({ text }) => text);

describe('why a host does not fit', () => {
  it('is told exactly when it does not, with every vNIC that fits nowhere and sets that do not fit at once, of which none can be spared', () => {
    fc.assert(
      fc.property(anyHost('h', SIZE), anyDemand('h', SIZE), (facts, demand) => {
        const causes = causesOf(facts, demand);
        const fits = (wishes: readonly VfWish[]) => bruteForce(facts, { ...demand, wishes }) !== undefined;
        expect(causes === undefined).toBe(fits(demand.wishes));
        const told =
          causes?.flatMap((cause) => (cause.kind === 'vnic' ? cause.vnics.map(({ name }) => name) : [])) ?? [];
        const hopeless = demand.wishes.filter((wish) => !fits([wish])).map(({ vnic }) => vnic.name);
        expect(told.sort()).toEqual(hopeless.sort());
        for (const cause of causes ?? []) {
          if (cause.kind === 'vnic') expect(cause.pfs.filter(({ reasons }) => reasons.length === 0)).toEqual([]);
          if (cause.kind !== 'conflict') continue;
          const wishes = demand.wishes.filter(({ vnic }) => cause.vnics.some(({ id }) => id === vnic.id));
          expect(fits(wishes)).toBe(false);
          for (const spared of wishes) expect(fits(wishes.filter((wish) => wish !== spared))).toBe(true);
          expect(cause.pfs.reduce((sum, { vfs }) => sum + vfs, 0)).toBe(wishes.length - 1);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['down', 'it is down'],
    ['non_operational', 'it is not operational: no hypervisor answers on it'],
  ] as const)('is that it is %s', (status, text) => {
    expect(texts(sampleHost('h', [], { status }), sampleDemand([sampleWish('nic1', 'red')]))).toEqual([text]);
  });

  it('is each gate it does not pass', () => {
    const host = sampleHost('h', [samplePf(1, 1)], { clusterId: 'another', status: 'maintenance' });
    expect(texts(host, sampleDemand([]), new Map([['id-h', 'the VM did not start']]))).toEqual([
      'it is in maintenance',
      'it belongs to another cluster than the virtual machine',
      'it failed earlier in this run: the VM did not start',
    ]);
  });

  it('is a network that is missing, once, with who needs it', () => {
    const need = (name: string, use: 'bridge' | 'failover') => {
      return { vnic: { id: name, name }, network: sampleNetwork('blue'), use };
    };
    const demand = sampleDemand([], { networks: [need('nic1', 'bridge'), need('nic2', 'failover')] });
    expect(causesOf(sampleHost('h', []), demand)).toEqual([
      {
        ...{ kind: 'network', code: 'VAR__DETAIL__NETWORK_MISSING', network: { id: 'blue', name: 'blue' } },
        text: 'network blue is not attached to the host, and nic1 and the failover of nic2 must have it there',
        vnics: [
          { id: 'nic1', name: 'nic1' },
          { id: 'nic2', name: 'nic2' },
        ],
      },
    ]);
  });

  it('is that vNICs fit alone but not at once', () => {
    const host = sampleHost('h', [samplePf(1, 1), samplePf(2, 5, { allowed: only('blue') })]);
    const demand = sampleDemand([sampleWish('A', 'red'), sampleWish('B', 'blue'), sampleWish('C', 'red')]);
    const pf = { id: 'pf-01', name: 'ens1', pciAddress: '0000:01:00.0' };
    expect(causesOf(host, demand)).toEqual([
      {
        ...{ kind: 'conflict', code: 'VAR__DETAIL__NO_SUITABLE_VF', pfs: [{ pf, vfs: 1 }] },
        text: 'A and C cannot be served at once: each fits alone, but 2 vNICs have 1 free virtual function between them (1 on ens1)',
        vnics: [
          { id: 'id-A', name: 'A' },
          { id: 'id-C', name: 'C' },
        ],
      },
    ]);
  });

  it('names one set of vNICs for the same VFs, and another for others', () => {
    const pfs = [samplePf(1, 1, { allowed: only('red') }), samplePf(2, 1, { allowed: only('blue') })];
    const wishes = ['A', 'B', 'C', 'D', 'E'].map((name, at) => sampleWish(name, at < 3 ? 'red' : 'blue'));
    const sets = causesOf(sampleHost('h', pfs), sampleDemand(wishes))?.map((cause) =>
      cause.kind === 'conflict' ? cause.vnics.map(({ name }) => name).join() : cause.kind,
    );
    expect(sets).toEqual(['A,B', 'D,E']);
  });

  it('is told once of vNICs that ask for the same', () => {
    const wishes = [
      ...['A', 'B', 'C'].map((name) => sampleWish(name, 'red')),
      ...[sampleWish('D', 'red', { properties: ['trust'] }), sampleWish('E', 'blue')],
    ];
    const host = sampleHost('h', [samplePf(1, 1, { allowed: only('blue'), unsupported: ['trust'] })]);
    expect(texts(host, sampleDemand(wishes))).toEqual([
      'no virtual function can serve A, B and C: ens1: network red is not allowed on it',
      'no virtual function can serve D: ens1: network red is not allowed on it, its driver does not support trust',
    ]);
  });

  it('is of a preferred vNIC that it has neither a VF nor its network', () => {
    const demand = sampleDemand([sampleWish('nic1', 'red', { must: false })]);
    expect(texts(sampleHost('h', []), demand)).toEqual([
      'no virtual function can serve nic1 (nor is network red attached to the host): the host has no physical function',
    ]);
  });
});

describe('why a PF falls away', () => {
  const wish = (name: string) =>
    sampleWish('nic1', 'red', {
      properties: ['trust', 'vlan_qos'],
      ...(name === 'pinned' && { pinnedTo: ['h', '0000:01:10.7'] }),
      ...(name === 'elsewhere' && { pinnedTo: ['another', '0000:01:10.0'] }),
    });
  const rows: [string, Partial<PfFacts>, string][] = [
    ['NETWORK_NOT_ALLOWED', { allowed: only('blue') }, 'network red is not allowed on it'],
    ['MTU_TOO_SMALL', { mtu: 1400 }, 'its MTU is 1400; network red needs 1500'],
    ['MTU_TOO_SMALL', { mtu: null }, 'its MTU is not known; network red needs 1500'],
    ['VF_PROPERTY_NOT_SUPPORTED', { unsupported: ['trust'] }, 'its driver does not support trust'],
    ['NO_VFS', NO_VFS, 'it has no virtual functions'],
    ['PF_CHANGING', { blocked: [{ code: 'PF_CHANGING', text: 'being changed' }] }, 'being changed'],
    ['PF_STUCK', { blocked: [{ code: 'PF_STUCK', text: 'stuck in a change' }] }, 'stuck in a change'],
    ['PF_DRIFTED', { blocked: [{ code: 'PF_DRIFTED', text: '4 wanted, 2 there' }] }, '4 wanted, 2 there'],
    ['PF_UNHEALTHY', { blocked: [{ code: 'PF_UNHEALTHY', text: 'no driver' }] }, 'no driver'],
    ['NO_FREE_VF', { freeVfs: [] }, 'none of its 2 virtual functions is free'],
    [
      'NO_FREE_VF',
      {
        freeVfs: [],
        notFree: [
          { code: 'CLAIMED', vfs: 1 },
          { code: 'BRIDGE', vfs: 1 },
        ],
      },
      'none of its 2 virtual functions is free (1 CLAIMED, 1 BRIDGE)',
    ],
  ];

  it.each(rows)('%s %o', (code, facts, text) => {
    expect(reasons(samplePf(1, 2, facts), 'any')).toEqual([{ code, text }]);
  });

  it.each([
    ['PINNED_TO_OTHER_HOST', 'elsewhere', 'the vNIC is pinned to a virtual function of another host'],
    [
      'PINNED_VF_NOT_FREE',
      'pinned',
      'the vNIC is pinned to 0000:01:10.7, which is not among its free virtual functions',
    ],
  ])('%s', (code, name, text) => {
    expect(reasons(samplePf(1, 2), name)).toEqual([{ code, text }]);
  });

  it('is told with every reason at once', () => {
    const facts = { allowed: only('blue'), mtu: 1400, unsupported: ['trust' as const], ...NO_VFS };
    expect(reasons(samplePf(1, 2, facts), 'any').map(({ code }) => code)).toEqual([
      ...['NETWORK_NOT_ALLOWED', 'MTU_TOO_SMALL', 'VF_PROPERTY_NOT_SUPPORTED', 'NO_VFS'],
    ]);
  });

  function reasons(pf: PfFacts, name: string) {
    const [cause] = causesOf(sampleHost('h', [pf]), sampleDemand([wish(name)])) ?? [];
    return cause?.kind === 'vnic' ? (cause.pfs[0]?.reasons ?? []) : [];
  }
});
