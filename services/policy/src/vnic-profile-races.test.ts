import type { Verdict } from '@vfleet/contracts/define';
import { AddCluster, UpdateCluster } from '@vfleet/contracts/policy/clusters';
import { AddNetwork, RemoveNetwork, UpdateNetwork } from '@vfleet/contracts/policy/networks';
import { AddQos, RemoveQos } from '@vfleet/contracts/policy/qos';
import { AddVm, AddVnic, UpdateVm, UpdateVnic } from '@vfleet/contracts/policy/vms';
import { AddVnicProfile, RemoveVnicProfile, UpdateVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import type { NewVnic, VnicChange } from '@vfleet/contracts/vocabulary/vnic';
import type { NewVnicProfile, VnicProfileChange } from '@vfleet/contracts/vocabulary/vnic-profile';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codesOf, replyOf } from './testing/policy-under-test.ts';
import { raceTrack } from './testing/race.ts';

/** Of each race, with random pauses in both replicas. */
const RUNS = 40;
const MIGRATABLE = { pass_through: 'enabled', migratable: true } as const;

let track: Awaited<ReturnType<typeof raceTrack>>;

beforeAll(async () => {
  track = await raceTrack();
});
afterAll(() => track.close());

/** What runs of their own do, each with networks, profiles, VMs and clusters of its own: `n` tells them apart. */
const network = (n: number) => track.ask(AddNetwork, { networkId: `red${n}`, fields: { name: `red${n}` } });
const profile = (id: string, n: number, fields: Partial<NewVnicProfile> = {}) =>
  track.ask(AddVnicProfile, {
    vnicProfileId: `${id}${n}`,
    fields: { name: id, network: { id: `red${n}` }, ...fields },
  });
const change = (id: string, n: number, fields: VnicProfileChange) =>
  track.ask(UpdateVnicProfile, { vnicProfile: `${id}${n}`, fields });
const remove = (id: string, n: number) => track.ask(RemoveVnicProfile, { vnicProfile: `${id}${n}` });
const vm = (n: number, cluster = 'default') =>
  track.ask(AddVm, { vmId: `vm${n}`, fields: { name: `vm${n}`, cluster: { id: cluster } } });
const vnic = (n: number, fields: Partial<NewVnic> = {}) =>
  track.ask(AddVnic, {
    vm: `vm${n}`,
    vnicId: `nic${n}`,
    fields: { name: 'nic1', vnic_profile: { id: `gold${n}` }, ...fields },
  });
const changeVnic = (n: number, fields: VnicChange) => track.ask(UpdateVnic, { vm: `vm${n}`, vnic: 'nic1', fields });
const cluster = (n: number, compatibility_version: string) =>
  track.ask(AddCluster, { clusterId: `c${n}`, fields: { name: `c${n}`, compatibility_version } });

/** Two requests of which one must be refused, whichever that is, once these are made. */
type Race = { given: Step[]; one: Step; other: Step };
type Step = (n: number) => Promise<Verdict<unknown>>;

const RACES: Record<string, Race> = {
  'a profile is added while its network is removed': {
    given: [network],
    one: (n) => profile('gold', n),
    other: (n) => track.ask(RemoveNetwork, { network: `red${n}` }),
  },
  'passthrough is switched on while port isolation is': {
    given: [network, (n) => profile('gold', n)],
    one: (n) => change('gold', n, { pass_through: 'preferred' }),
    other: (n) => track.ask(UpdateNetwork, { network: `red${n}`, fields: { port_isolation: true } }),
  },
  'a passthrough profile is added while port isolation is switched on': {
    given: [network],
    one: (n) => profile('gold', n, { pass_through: 'enabled' }),
    other: (n) => track.ask(UpdateNetwork, { network: `red${n}`, fields: { port_isolation: true } }),
  },
  'a profile gets a failover that becomes passthrough': {
    given: [network, (n) => profile('gold', n, MIGRATABLE), (n) => profile('spare', n)],
    one: (n) => change('gold', n, { failover: { id: `spare${n}` } }),
    other: (n) => change('spare', n, { pass_through: 'enabled' }),
  },
  'a profile is added with a failover that is removed': {
    given: [network, (n) => profile('spare', n)],
    one: (n) => profile('gold', n, { ...MIGRATABLE, failover: { id: `spare${n}` } }),
    other: (n) => remove('spare', n),
  },
  'a profile gets a QoS that is removed': {
    given: [
      network,
      (n) => profile('gold', n),
      (n) => track.ask(AddQos, { qosId: `q${n}`, fields: { name: `q${n}` } }),
    ],
    one: (n) => change('gold', n, { qos: { id: `q${n}` } }),
    other: (n) => track.ask(RemoveQos, { qos: `q${n}` }),
  },
  'two profiles of a network get one name': {
    given: [network, (n) => profile('gold', n), (n) => profile('tin', n)],
    one: (n) => change('gold', n, { name: 'silver' }),
    other: (n) => change('tin', n, { name: 'ｓｉｌｖｅｒ' }),
  },
  'a profile is enabled while a vNIC takes it': {
    given: [network, (n) => profile('gold', n), (n) => vm(n)],
    one: (n) => change('gold', n, { pass_through: 'enabled' }),
    other: (n) => vnic(n, { interface: 'virtio' }),
  },
  'a profile is removed while a vNIC takes it': {
    given: [network, (n) => profile('gold', n), (n) => vm(n)],
    one: (n) => remove('gold', n),
    other: (n) => vnic(n),
  },
  'a profile is no longer enabled while a vNIC takes it': {
    given: [network, (n) => profile('gold', n, { pass_through: 'enabled' }), (n) => vm(n)],
    one: (n) => change('gold', n, { pass_through: 'disabled' }),
    other: (n) => vnic(n, { interface: 'pci_passthrough' }),
  },
  'a profile gets preferred while a vNIC of it gets a type without VF': {
    given: [network, (n) => profile('gold', n), (n) => vm(n), (n) => vnic(n)],
    one: (n) => change('gold', n, { pass_through: 'preferred' }),
    other: (n) => changeVnic(n, { interface: 'e1000' }),
  },
  'a profile gets preferred while a vNIC of it is unlinked': {
    given: [network, (n) => profile('gold', n), (n) => vm(n), (n) => vnic(n)],
    one: (n) => change('gold', n, { pass_through: 'preferred' }),
    other: (n) => changeVnic(n, { linked: false }),
  },
  'a profile gives no VF any more while a vNIC of it is pinned to one': {
    given: [network, (n) => profile('gold', n, { pass_through: 'preferred' }), (n) => vm(n), (n) => vnic(n)],
    one: (n) => change('gold', n, { pass_through: 'disabled' }),
    other: (n) => changeVnic(n, { pinned_vf: { host: { id: 'h1' }, pci_address: '0000:05:10.1' } }),
  },
  'a profile gets preferred while the cluster of its user is taken back': {
    given: [network, (n) => profile('gold', n), (n) => cluster(n, '4.5'), (n) => vm(n, `c${n}`), (n) => vnic(n)],
    one: (n) => change('gold', n, { pass_through: 'preferred' }),
    other: (n) => track.ask(UpdateCluster, { cluster: `c${n}`, fields: { compatibility_version: '3.5' } }),
  },
  'a profile gets a failover while its user moves to a cluster that is too old': {
    given: [
      ...[network, (n: number) => profile('gold', n, MIGRATABLE), (n: number) => profile('spare', n)],
      ...[(n: number) => cluster(n, '4.5'), (n: number) => vm(n), (n: number) => vnic(n)],
    ],
    one: (n) => change('gold', n, { failover: { id: `spare${n}` } }),
    other: (n) => track.ask(UpdateVm, { vm: `vm${n}`, fields: { cluster: { id: `c${n}` } } }),
  },
};

let run = 0;

it.each(Object.entries(RACES))('exactly one wins when %s', { timeout: 60_000 }, async (_, { given, one, other }) => {
  const winners = new Set<string>();
  const random = fc.array(fc.nat(4), { minLength: 12, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(random, fc.nat(30), fc.boolean(), async (pauses, lead, isOneFirst) => {
      const n = ++run;
      for (const step of given) replyOf(await step(n));
      const [first, second] = isOneFirst ? [one, other] : [other, one];
      const verdicts = await track.race(
        { pauses, lead },
        () => first(n),
        () => second(n),
      );
      expect(verdicts.map(({ ok }) => ok).sort()).toEqual([false, true]);
      for (const verdict of verdicts) if (!verdict.ok) expect(codesOf(verdict)).not.toContain('TOO_MUCH_CONTENTION');
      winners.add(verdicts[0]?.ok === isOneFirst ? 'one' : 'other');
    }),
    { numRuns: RUNS },
  );
  expect([...winners].sort()).toEqual(['one', 'other']);
});
