import { AddCluster, GetCluster, UpdateCluster } from '@vfleet/contracts/policy/clusters';
import { BeginRun, EndRun } from '@vfleet/contracts/policy/runs';
import { AddVnic, GetVm, RemoveVnic, UpdateVm, UpdateVnic } from '@vfleet/contracts/policy/vms';
import { GetVnicProfile, UpdateVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import { VnicInterface } from '@vfleet/contracts/vocabulary/vnic';
import { PassThrough } from '@vfleet/contracts/vocabulary/vnic-profile';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { brokenInvariants } from './testing/broken-invariants.ts';
import { replyOf } from './testing/policy-under-test.ts';
import { vmWorld } from './testing/vm-world.ts';

type World = Awaited<ReturnType<typeof vmWorld>>;

const VMS = ['vm-1', 'vm-2'];
const CLUSTERS = ['default', 'other'];
const PROFILES = ['never', 'always', 'maybe', 'spared'];
const MACS = { from: '02:00:00:00:00:01', to: '02:00:00:00:00:06' };

const vm = fc.constantFrom(...VMS);
const cluster = fc.constantFrom(...CLUSTERS);
const profile = fc.constantFrom(...PROFILES);
const vnic = fc.constantFrom('nic1', 'nic2', 'nic3');
const pin = fc.record({
  host: fc.constantFrom({ id: 'h1' }, { id: 'h2' }),
  pci_address: fc.constantFrom('0000:05:10.1', '0000:05:10.3'),
});
/** Of each field what does harm in some surroundings; seldom, for what has all of it is always refused. */
const changes = fc.record({
  vnic_profile: seldom(fc.option(profile.map((name) => ({ name }))), 2),
  interface: seldom(fc.constantFrom(...VnicInterface.options), 3),
  mac: seldom(fc.constantFrom('02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:99'), 4),
  plugged: seldom(fc.boolean(), 3),
  linked: seldom(fc.boolean(), 6),
  boot_order: seldom(fc.option(fc.integer({ min: 1, max: 2 })), 4),
  custom_mtu: seldom(fc.option(fc.constant(9000)), 6),
  mac_spoofing: seldom(fc.boolean(), 6),
  pinned_vf: seldom(fc.option(pin), 3),
});

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), vm, vnic, changes }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('change' as const), vm, vnic, changes, name: seldom(vnic, 4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), vm, vnic }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('run' as const), vm, placement: fc.constantFrom('p1', 'p2') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), vm, placement: fc.constantFrom('p1', 'p2') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), vm, cluster }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('switch' as const), profile, to: fc.constantFrom(...PassThrough.options) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('level' as const), cluster, to: fc.constantFrom('3.5', '4.5', '4.7') }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

it('whatever is asked of two replicas at once, no invariant is ever broken', { timeout: 120_000 }, async () => {
  const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 15 });
  const done = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(batches, fc.nat(), async (asked, seed) => {
      const world = await filledWorld(seed);
      try {
        for (const [round, batch] of asked.entries()) {
          const verdicts = await Promise.all(batch.map((each, at) => carryOut(world, each, `n${round}-${at}`)));
          batch.forEach((each, at) => {
            if (verdicts[at]?.ok) done.set(each.do, (done.get(each.do) ?? 0) + 1);
          });
          expect(brokenInvariants(await fleetOf(world))).toEqual([]);
        }
      } finally {
        await world.close();
      }
    }),
    { numRuns: 150 },
  );
  expect([...done.keys()].toSorted()).toEqual(['add', 'change', 'level', 'move', 'remove', 'run', 'stop', 'switch']);
});

/** A value one time in `times`, else none. */
function seldom<Value>(value: fc.Arbitrary<Value>, times: number): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

async function filledWorld(seed: number): Promise<World> {
  const world = await vmWorld({ replicas: 2, settings: { macPool: MACS }, faults: { seed, duplicate: 0.2 } });
  replyOf(await world.ask(AddCluster, { clusterId: 'other', fields: { name: 'other' } }));
  await world.addProfile('never', {});
  await world.addProfile('always', { pass_through: 'enabled' });
  await world.addProfile('maybe', { pass_through: 'preferred' });
  await world.addProfile('spared', { pass_through: 'preferred', migratable: true, failover: { id: 'never' } });
  for (const name of VMS) await world.addVm(name);
  return world;
}

function carryOut(world: World, asked: Step, vnicId: string): Promise<{ ok: boolean }> {
  switch (asked.do) {
    case 'add':
      return world.ask(AddVnic, { vm: asked.vm, vnicId, fields: { ...told(asked.changes), name: asked.vnic } });
    case 'change':
      return world.ask(UpdateVnic, {
        vm: asked.vm,
        vnic: asked.vnic,
        fields: told({ ...asked.changes, name: asked.name }),
      });
    case 'remove':
      return world.ask(RemoveVnic, { vm: asked.vm, vnic: asked.vnic });
    case 'run':
      return world.ask(BeginRun, { vm: asked.vm, placementId: asked.placement });
    case 'stop':
      return world.ask(EndRun, { vm: asked.vm, placementId: asked.placement });
    case 'move':
      return world.ask(UpdateVm, { vm: asked.vm, fields: { cluster: { id: asked.cluster } } });
    case 'switch':
      return world.ask(UpdateVnicProfile, { vnicProfile: asked.profile, fields: { pass_through: asked.to } });
    case 'level':
      return world.ask(UpdateCluster, { cluster: asked.cluster, fields: { compatibility_version: asked.to } });
  }
}

async function fleetOf(world: World) {
  const vms = await Promise.all(VMS.map((name) => world.ask(GetVm, { vm: name })));
  const profiles = await Promise.all(PROFILES.map((vnicProfile) => world.ask(GetVnicProfile, { vnicProfile })));
  const clusters = await Promise.all(CLUSTERS.map((name) => world.ask(GetCluster, { cluster: name })));
  return {
    vms: vms.map((verdict) => replyOf(verdict).resource),
    profiles: profiles.map((verdict) => replyOf(verdict).resource),
    clusters: clusters.map((verdict) => replyOf(verdict).resource),
  };
}

/** The fields that were said anything of. */
function told<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
