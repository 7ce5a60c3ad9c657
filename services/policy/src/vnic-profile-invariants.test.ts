import type { Verdict } from '@vfleet/contracts/define';
import { UpdateCluster } from '@vfleet/contracts/policy/clusters';
import { RemoveNetwork, UpdateNetwork } from '@vfleet/contracts/policy/networks';
import { AddQos } from '@vfleet/contracts/policy/qos';
import { AddVm, AddVnic, RemoveVnic, UpdateVnic } from '@vfleet/contracts/policy/vms';
import { type NewVnicProfile, PassThrough } from '@vfleet/contracts/vocabulary/vnic-profile';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLUSTERS, NETWORKS, QOS, VMS, VNIC_PROFILES } from './collections.ts';
import { canHaveProfile, isLawfulProfile } from './testing/lawful-profile.ts';
import { replyOf } from './testing/policy-under-test.ts';
import { vnicProfileWorld } from './testing/vnic-profile-world.ts';

type World = Awaited<ReturnType<typeof vnicProfileWorld>>;
type Step = (world: World) => Promise<Verdict<unknown>>;

const RUNS = 60;
const NICS = ['nic1', 'nic2'];

const profile = fc.constantFrom('p1', 'p2', 'p3');
const network = fc.constantFrom('red', 'blue');
const reference = fc.option(fc.constantFrom('p1', 'p2', 'p3', 'spare').map((name) => ({ name })));
/** Of each field now and then, for what has all of it is always refused. */
const fields = fc
  .record({
    pass_through: seldom(fc.constantFrom(...PassThrough.options), 1),
    migratable: seldom(fc.boolean(), 2),
    failover: seldom(reference, 2),
    port_mirroring: seldom(fc.boolean(), 8),
    qos: seldom(fc.option(fc.constantFrom({ id: 'q1' }, { id: 'q2' })), 6),
    vf: seldom(fc.record({ trust: fc.option(fc.boolean()), min_tx_rate: fc.option(fc.constantFrom(1, 2)) }), 6),
    name: seldom(fc.constantFrom('gold', 'tin'), 8),
  })
  .map(
    (told): Partial<NewVnicProfile> =>
      Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
  );

/** What a caller may ask. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(profile, network, fields).map(
      ([id, name, told]) =>
        (world: World) =>
          world.add(id, { network: { name }, ...told }),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(profile, fields).map(
      ([id, told]) =>
        (world: World) =>
          world.change(id, told),
    ),
  },
  { weight: 1, arbitrary: profile.map((id) => (world: World) => world.remove(id)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...NICS), profile).map(
      ([name, id]) =>
        (world: World) =>
          world.ask(AddVnic, { vm: 'vm-1', vnicId: name, fields: { name, vnic_profile: { id } } }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...NICS)
      .map((vnic) => (world: World) => world.ask(UpdateVnic, { vm: 'vm-1', vnic, fields: { linked: false } })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...NICS).map((vnic) => (world: World) => world.ask(RemoveVnic, { vm: 'vm-1', vnic })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(network, fc.boolean()).map(
      ([name, on]) =>
        (world: World) =>
          world.ask(UpdateNetwork, { network: name, fields: { port_isolation: on } }),
    ),
  },
  { weight: 1, arbitrary: network.map((name) => (world: World) => world.ask(RemoveNetwork, { network: name })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('3.5', '4.5', '4.7')
      .map(
        (version) => (world: World) =>
          world.ask(UpdateCluster, { cluster: 'default', fields: { compatibility_version: version } }),
      ),
  },
);

const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 20 });

it('whatever is asked of two replicas at once, profiles stay lawful, and a refusal changes nothing', {
  timeout: 120_000,
}, async () => {
  const count = { accepted: 0, refused: 0 };
  const inNewWorld = async (run: Step[][]) => {
    const world = await vnicProfileWorld();
    try {
      for (const { ok } of await watched(world, run)) count[ok ? 'accepted' : 'refused']++;
    } finally {
      await world.close();
    }
  };
  await fc.assert(fc.asyncProperty(batches, inNewWorld), { numRuns: RUNS });
  expect(Math.min(count.accepted, count.refused)).toBeGreaterThan(RUNS);
});

/** Asks batch after batch, each at once, and looks at everything stored after each. */
async function watched(world: World, run: Step[][]): Promise<Verdict<unknown>[]> {
  replyOf(await world.ask(AddQos, { qosId: 'q2', fields: { name: 'host', type: 'host_network' } }));
  replyOf(await world.ask(AddVm, { vmId: 'vm-1', fields: { name: 'vm-1' } }));
  await world.added('spare');
  const told: Verdict<unknown>[] = [];
  let before = await stored(world);
  for (const batch of run) {
    const verdicts = await Promise.all(batch.map((ask) => ask(world)));
    const after = await stored(world);
    if (verdicts.every(({ ok }) => !ok)) expect(after).toEqual(before);
    for (const one of after.profiles) expect(isLawfulProfile(one, after), JSON.stringify(one)).toBe(true);
    for (const vm of after.vms) expectProfilesFit(vm, after);
    told.push(...verdicts);
    before = after;
  }
  return told;
}

async function stored({ store }: World) {
  const all = { limit: 100 };
  const bodies = async <Body>(read: Promise<{ body: Body }[]>) => (await read).map(({ body }) => body);
  return {
    networks: await bodies((await store.open(NETWORKS)).list(all)),
    qos: await bodies((await store.open(QOS)).list(all)),
    profiles: await bodies((await store.open(VNIC_PROFILES)).list(all)),
    vms: await bodies((await store.open(VMS)).list(all)),
    clusters: await bodies((await store.open(CLUSTERS)).list(all)),
  };
}

function expectProfilesFit({ nics, clusterId }: Stored['vms'][number], { profiles, clusters }: Stored): void {
  const version = Number(clusters.find(({ id }) => id === clusterId)?.compatibilityVersion);
  for (const vnic of nics) {
    const its = profiles.find(({ id }) => id === vnic.profileId);
    expect(its && canHaveProfile(vnic, its, version), JSON.stringify({ vnic, its, version })).toBe(true);
  }
}

type Stored = Awaited<ReturnType<typeof stored>>;

/** Undefined but for one time in `unless` + 1. */
function seldom<Value>(value: fc.Arbitrary<Value>, unless: number): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: unless, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}
