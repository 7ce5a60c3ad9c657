import { type Reference, refOf } from '@vfleet/contracts/vocabulary/ids';
import { VnicInterface } from '@vfleet/contracts/vocabulary/vnic';
import {
  type NewVnicProfile,
  NO_VF_PROPERTIES,
  PassThrough,
  type VnicProfileChange,
} from '@vfleet/contracts/vocabulary/vnic-profile';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canHaveProfile, isLawfulProfile } from '../testing/lawful-profile.ts';
import { sampleCluster, sampleNetwork, sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import { sampleQos, sampleVnicProfile } from '../testing/sample-vnic-profile.ts';
import { decideAddVnicProfile, decideUpdateVnicProfile } from './decide-vnic-profile.ts';
import type { StoredNetwork } from './network.ts';
import type { StoredQos } from './qos.ts';
import type { StoredVnic } from './vm.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';
import type { VnicProfileUsers } from './vnic-profile-edit-rules.ts';
import type { VnicProfileRelated } from './vnic-profile-rules.ts';

const QOS = [sampleQos(), sampleQos({ id: 'q2', name: 'host', type: 'host_network' })];
const SPARES = [
  sampleVnicProfile({ id: 'p2', name: 'spare', networkId: 'n2' }),
  sampleVnicProfile({ id: 'p3', name: 'vf', networkId: 'n2', passThrough: 'preferred' }),
];
/** It can be a failover as long as it gives no VF itself. */
const RELIES_ON_IT = sampleVnicProfile({
  id: 'p4',
  name: 'vip',
  networkId: 'n2',
  passThrough: 'enabled',
  migratable: true,
  failoverId: 'p1',
});
const RUNS = 5000;
const PIN = { hostId: 'h1', pciAddress: '0000:05:10.1' };

const rate = often(null, fc.constantFrom(1, 2), 1);
const network = fc.record({ portIsolation: often(false, fc.constant(true)) });
const passThrough = fc.constantFrom(...PassThrough.options);
const body = fc.record({
  passThrough,
  migratable: fc.boolean(),
  failoverId: fc.constantFrom(null, null, 'p1', 'p2', 'p3'),
  portMirroring: often(false, fc.constant(true)),
  qosId: often(null, fc.constantFrom('q1', 'q2')),
  networkFilter: often(null, fc.constant('clean-traffic')),
  vf: fc.record({ min_tx_rate: rate, max_tx_rate: rate }).map((rates) => ({ ...NO_VF_PROPERTIES, ...rates })),
});
const anything = fc
  .record({
    pass_through: often(undefined, passThrough, 1),
    passthrough: often(undefined, passThrough),
    migratable: often(undefined, fc.boolean()),
    failover: often(undefined, fc.constantFrom(null, { id: 'p1' }, { id: 'p2' }, { name: 'vf' }, { id: 'p9' })),
    port_mirroring: often(undefined, fc.boolean()),
    qos: often(undefined, fc.constantFrom(null, { id: 'q1' }, { name: 'host' }, { id: 'q9' })),
    network_filter: often(undefined, fc.constantFrom(null, 'clean-traffic')),
    vf: often(undefined, fc.record({ min_tx_rate: rate, trust: fc.option(fc.boolean()) }, { requiredKeys: [] })),
  })
  .map(
    (fields): VnicProfileChange =>
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  );
/** Half of them such as hit users of the profile. */
const change = fc.oneof(
  { weight: 3, arbitrary: anything },
  { weight: 2, arbitrary: passThrough.map((pass_through): VnicProfileChange => ({ pass_through })) },
  { weight: 1, arbitrary: fc.constant<VnicProfileChange>({ failover: { id: 'p2' } }) },
);
const vnic = fc
  .record({
    interface: often('virtio' as const, fc.constantFrom(...VnicInterface.options), 1),
    linked: often(true, fc.constant(false), 2),
    customMtu: often(null, fc.constant(9000)),
    macSpoofing: often(false, fc.constant(true)),
    pinnedVf: often(null, fc.constant(PIN), 2),
  })
  .map((its) => sampleVnic(1, { ...its, profileId: 'p1' }));
const version = fc.constantFrom(3.5, 3.6, 4.5, 4.6);
const users = fc.array(fc.record({ vnic, version }), { maxLength: 3 });

it('a profile is made just when it is lawful', () => {
  const count = { made: 0 };
  fc.assert(
    fc.property(network, body, (ofNetwork, wanted) => {
      const world = worldOf(ofNetwork, SPARES);
      const profile = sampleVnicProfile(wanted);
      const fields = askingFor(profile);
      const decided = decideAddVnicProfile(
        { vnicProfileId: 'p1', fields },
        { ...relatedTo(fields, world), holder: undefined },
      );
      expect(decided.ok).toBe(isLawfulProfile(profile, { ...world, profiles: [...SPARES, profile] }));
      if (!decided.ok) return;
      expect(decided.profile).toEqual(profile);
      count.made++;
    }),
    { numRuns: RUNS },
  );
  expect(count.made).toBeGreaterThan(RUNS / 10);
});

it('a profile is changed just when all profiles stay lawful and every vNIC that has it can keep it', () => {
  const count = { changed: 0 };
  fc.assert(
    fc.property(network, body, change, users, fc.boolean(), (ofNetwork, wanted, fields, unfit, isFailover) => {
      const before = lawfulFrom(sampleVnicProfile(wanted), ofNetwork);
      const others = isFailover && before.passThrough === 'disabled' ? [...SPARES, RELIES_ON_IT] : SPARES;
      const world = worldOf(ofNetwork, [...others, before]);
      expect(world.profiles.every((profile) => isLawfulProfile(profile, world))).toBe(true);
      const used = unfit.filter(({ vnic, version }) => canHaveProfile(vnic, before, version));

      const decided = decideUpdateVnicProfile(
        before,
        { fields },
        {
          ...relatedTo(fields, world, before),
          ...usersOf(used),
          failoverOf: others.filter(({ failoverId }) => failoverId === 'p1'),
        },
      );
      const after = wouldBe(before, fields);
      const then = { ...world, profiles: [...others, after] };
      const isSwitched =
        before.passThrough !== after.passThrough && [before, after].some((one) => one.passThrough === 'enabled');
      const isSound =
        (fields.pass_through ?? fields.passthrough) === (fields.passthrough ?? fields.pass_through) &&
        then.profiles.every((profile) => isLawfulProfile(profile, then)) &&
        used.every(({ vnic, version }) => !isSwitched && canHaveProfile(vnic, after, version));
      expect(decided.ok).toBe(isSound);
      if (!decided.ok) return;
      expect({ ...decided.profile, revision: 1 }).toEqual(after);
      expect(decided.changed).toBe(decided.profile.revision === 2);
      count.changed++;
    }),
    { numRuns: RUNS },
  );
  expect(count.changed).toBeGreaterThan(RUNS / 10);
});

type World = { networks: StoredNetwork[]; qos: StoredQos[]; profiles: StoredVnicProfile[] };
type User = { vnic: StoredVnic; version: number };

function worldOf(ofNetwork: Partial<StoredNetwork>, profiles: StoredVnicProfile[]): World {
  return {
    networks: [sampleNetwork({ id: 'n1', ...ofNetwork }), sampleNetwork({ id: 'n2', name: 'blue' })],
    qos: QOS,
    profiles,
  };
}

/** The request that says everything of a profile. */
function askingFor(profile: StoredVnicProfile): NewVnicProfile {
  return {
    ...{ name: profile.name, network: { id: 'n1' }, passthrough: profile.passThrough, migratable: profile.migratable },
    ...{ port_mirroring: profile.portMirroring, network_filter: profile.networkFilter, vf: profile.vf },
    qos: profile.qosId === null ? null : { id: profile.qosId },
    failover: profile.failoverId === null ? null : { id: profile.failoverId },
  };
}

/** What a request names, looked up in the world. */
function relatedTo(
  fields: VnicProfileChange,
  { networks, qos, profiles }: World,
  before?: StoredVnicProfile,
): VnicProfileRelated {
  const seek = <Body extends { id: string; name: string }>(bodies: Body[], reference: Reference | null | undefined) => {
    if (!reference) return null;
    return { ref: refOf(reference), found: bodies.filter(({ id, name }) => [id, name].includes(refOf(reference))) };
  };
  const asked = {
    network: seek(networks, fields.network),
    qos: seek(qos, fields.qos),
    failover: seek(profiles, fields.failover),
  };
  const its = {
    qos: qos.find(({ id }) => id === before?.qosId),
    failover: profiles.find(({ id }) => id === before?.failoverId),
  };
  return {
    ...{ asked, network: networks[0], namesake: undefined },
    qos: fields.qos === undefined ? its.qos : asked.qos?.found[0],
    failover: fields.failover === undefined ? its.failover : asked.failover?.found[0],
  };
}

/** Each vNIC in a VM and a cluster of its own. */
function usersOf(used: User[]): Pick<VnicProfileUsers, 'users' | 'clusters'> {
  const clusters = used.map(({ version }, index) =>
    sampleCluster({ id: `c${index}`, compatibilityVersion: String(version) }),
  );
  return {
    clusters,
    users: used.map(({ vnic }, index) => sampleVm([vnic], { id: `v${index}`, clusterId: `c${index}` })),
  };
}

/** The profile without what it cannot have. */
function lawfulFrom(profile: StoredVnicProfile, { portIsolation }: { portIsolation: boolean }): StoredVnicProfile {
  const { passThrough, migratable, vf } = profile;
  const slow = profile.qosId === null ? null : 'q1';
  if (passThrough === 'disabled' || portIsolation)
    return {
      ...profile,
      qosId: slow,
      passThrough: 'disabled',
      migratable: false,
      failoverId: null,
      vf: NO_VF_PROPERTIES,
    };
  const failoverId = migratable && profile.failoverId !== null ? 'p2' : null;
  const rates = vf.min_tx_rate === 2 && vf.max_tx_rate === 1 ? { ...vf, min_tx_rate: 1 } : vf;
  return { ...profile, failoverId, vf: rates, portMirroring: false, qosId: null, networkFilter: null };
}

/** What the change comes to; what is referred to and is not there stands as it was written. */
function wouldBe(before: StoredVnicProfile, fields: VnicProfileChange): StoredVnicProfile {
  const after = structuredClone(before);
  if (fields.passthrough) after.passThrough = fields.passthrough;
  if (fields.pass_through) after.passThrough = fields.pass_through;
  if ('migratable' in fields) after.migratable = fields.migratable === true;
  if ('port_mirroring' in fields) after.portMirroring = fields.port_mirroring === true;
  if ('network_filter' in fields) after.networkFilter = fields.network_filter ?? null;
  if ('qos' in fields) after.qosId = fields.qos ? (fields.qos.id ?? 'q2') : null;
  if ('failover' in fields) after.failoverId = fields.failover ? (fields.failover.id ?? 'p3') : null;
  Object.assign(after.vf, fields.vf);
  return after;
}

/** Mostly `usual`: what has everything at once is always refused. */
function often<Usual, Other>(usual: Usual, other: fc.Arbitrary<Other>, weight = 4): fc.Arbitrary<Usual | Other> {
  return fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
}
