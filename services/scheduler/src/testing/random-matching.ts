import fc from 'fast-check';
import type { HostFacts, PfFacts } from '../core/host-facts.ts';
import { pciRankOf } from '../core/pci-rank.ts';
import type { VfDemand, VfWish } from '../core/vf-demand.ts';
import { sampleNetwork } from './sample-demand.ts';
import { sampleHost, samplePf } from './sample-host.ts';

const NETWORKS = [
  sampleNetwork('red'),
  sampleNetwork('blue', { label: 'tenant' }),
  sampleNetwork('green', { mtu: 9000 }),
];
const SCOPES: PfFacts['allowed'][] = [
  'all',
  { networkIds: ['red'], labels: [] },
  { networkIds: ['blue', 'green'], labels: [] },
  { networkIds: ['red', 'green'], labels: ['tenant'] },
  { networkIds: [], labels: ['tenant'] },
  { networkIds: [], labels: [] },
];
const POLICIES: VfDemand['policy'][] = ['pack', 'spread', 'anti-affinity'];

/** Small enough to try every assignment; every rule of matching is broken now and then. */
export type Size = { pfs: number; vfs: number; vnics: number };

/** A host of at most this size named `name`, in every state a PF can be in. */
export function anyHost(name: string, size: Size): fc.Arbitrary<HostFacts> {
  return fc
    .record({
      pfs: fc.array(anyPf(size), { minLength: 1, maxLength: size.pfs, size: 'max' }),
      attached: fc.constantFrom([], ['red'], ['blue', 'green'], ['red', 'blue', 'green']),
    })
    .map(({ pfs, attached }) =>
      sampleHost(
        name,
        pfs.map((pf, index) => pf(index + 1)),
        { attached: { networkIds: attached, labels: [] } },
      ),
    );
}

/** What a VM of at most `size.vnics` vNICs asks, pins to VFs of the host `name` included. */
export function anyDemand(name: string, size: Size): fc.Arbitrary<VfDemand> {
  return fc.record({
    clusterId: fc.constant('default'),
    policy: fc.constantFrom(...POLICIES),
    numaNode: fc.constantFrom(null, 0, 1),
    wishes: fc
      .array(anyWish(name, size), { minLength: 1, maxLength: size.vnics, size: 'max' })
      .map((wishes) => wishes.map((wish, index) => wish(`nic${index}`))),
    networks: fc.constant([]),
  });
}

function anyPf({ vfs }: Size): fc.Arbitrary<(bus: number) => PfFacts> {
  return fc
    .record({
      free: fc.subarray(Array.from({ length: vfs }, (_, index) => index)),
      card: fc.constantFrom('one', 'two', 'three'),
      numaNode: fc.constantFrom(null, 0, 1),
      mtu: fc.oneof({ weight: 6, arbitrary: fc.constant(9000) }, fc.constantFrom(null, 1500)),
      allowed: fc.oneof(fc.constant<PfFacts['allowed']>('all'), fc.constantFrom(...SCOPES)),
      unsupported: fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, fc.constant(['trust' as const])),
      blocked: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.constant([BLOCK])),
    })
    .map(({ free, ...facts }) => (bus: number) => {
      const pf = samplePf(bus, vfs, facts);
      return { ...pf, freeVfs: pf.freeVfs.filter((_, index) => free.includes(index)) };
    });
}

const BLOCK: PfFacts['blocked'][number] = { code: 'PF_CHANGING', text: 'is being changed' };

function anyWish(name: string, { pfs, vfs }: Size): fc.Arbitrary<(vnic: string) => VfWish> {
  const pin = fc
    .record({ bus: fc.integer({ min: 1, max: pfs }), vf: fc.integer({ min: 0, max: vfs - 1 }) })
    .map(({ bus, vf }) => ({ hostId: `id-${name}`, pciRank: pciRankOf(samplePf(bus, vfs).freeVfs[vf] as string) }));
  return fc
    .record({
      must: fc.boolean(),
      network: fc.constantFrom(...NETWORKS),
      properties: fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, fc.constant(['trust' as const])),
      pin: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        { weight: 2, arbitrary: pin },
        fc.constant({ hostId: 'id-another', pciRank: 1 }),
      ),
    })
    .map((wish) => (vnic: string) => ({ vnic: { id: `id-${vnic}`, name: vnic }, ...wish }));
}
