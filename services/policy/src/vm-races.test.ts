import type { Verdict } from '@vfleet/contracts/define';
import { AddCluster, RemoveCluster, UpdateCluster } from '@vfleet/contracts/policy/clusters';
import { AddNetwork } from '@vfleet/contracts/policy/networks';
import { BeginRun, ResolveVnics } from '@vfleet/contracts/policy/runs';
import { AddVm, AddVnic, RemoveVm, RemoveVnic, UpdateVm, UpdateVnic } from '@vfleet/contracts/policy/vms';
import { AddVnicProfile, RemoveVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import type { NewVnic, VnicChange } from '@vfleet/contracts/vocabulary/vnic';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codesOf, replyOf } from './testing/policy-under-test.ts';
import { raceTrack } from './testing/race.ts';

/** Of each race, with random pauses in both replicas. */
const RUNS = 40;
const NEVER = { id: 'never' };
const MAYBE = { id: 'maybe' };
const SPARED = { id: 'spared' };
const MAC = '02:00:00:00:00:01';

let track: Awaited<ReturnType<typeof raceTrack>>;
let run = 0;

beforeAll(async () => {
  track = await raceTrack();
  replyOf(await track.ask(AddNetwork, { networkId: 'red', fields: { name: 'red' } }));
  replyOf(await profile('never', {}));
  replyOf(await profile('maybe', { pass_through: 'preferred' }));
  replyOf(await profile('spared', { pass_through: 'preferred', migratable: true, failover: NEVER }));
});
afterAll(() => track.close());

/** What runs of their own do, each with VMs and clusters of its own: `n` tells them apart. */
const profile = (id: string, fields: object) =>
  track.ask(AddVnicProfile, { vnicProfileId: id, fields: { name: id, network: { id: 'red' }, ...fields } });
const cluster = (n: number, compatibility_version: string) =>
  track.ask(AddCluster, { clusterId: `c${n}`, fields: { name: `c${n}`, compatibility_version } });
const level = (n: number, compatibility_version: string) =>
  track.ask(UpdateCluster, { cluster: `c${n}`, fields: { compatibility_version } });
const vm = (n: number, id: string, where = `c${n}`) =>
  track.ask(AddVm, { vmId: `${id}-${n}`, fields: { name: `${id}-${n}`, cluster: { id: where } } });
const move = (n: number) => track.ask(UpdateVm, { vm: `a-${n}`, fields: { cluster: { id: `c${n}` } } });
const rename = (n: number, id: string, name: string) =>
  track.ask(UpdateVm, { vm: `${id}-${n}`, fields: { name: `${name}-${n}` } });
const vnic = (n: number, fields: Partial<NewVnic> = {}, id = 'a') =>
  track.ask(AddVnic, { vm: `${id}-${n}`, vnicId: `nic-${id}-${n}`, fields: { name: 'nic1', ...fields } });
const change = (n: number, fields: VnicChange, id = 'a') =>
  track.ask(UpdateVnic, { vm: `${id}-${n}`, vnic: 'nic1', fields });
const begin = (n: number, placementId = 'p1') => track.ask(BeginRun, { vm: `a-${n}`, placementId });

type Step = (n: number) => Promise<Verdict<unknown>>;
type Race = { given: Step[]; one: Step; other: Step };

/** Two requests of which one must be refused, whichever that is, once these are made. */
const EXACTLY_ONE: Record<string, Race> = {
  'a vNIC may get a VF while its cluster is taken back': {
    given: [(n) => cluster(n, '4.7'), (n) => vm(n, 'a')],
    one: (n) => vnic(n, { vnic_profile: MAYBE }),
    other: (n) => level(n, '3.5'),
  },
  'a vNIC gets a profile with failover while its cluster is taken back': {
    given: [(n) => cluster(n, '4.7'), (n) => vm(n, 'a'), (n) => vnic(n, { vnic_profile: MAYBE })],
    one: (n) => change(n, { vnic_profile: SPARED }),
    other: (n) => level(n, '4.5'),
  },
  'a VM moves to a cluster that is taken back': {
    given: [(n) => cluster(n, '4.7'), (n) => vm(n, 'a', 'default'), (n) => vnic(n, { vnic_profile: MAYBE })],
    one: move,
    other: (n) => level(n, '3.5'),
  },
  'a VM moves to an old cluster while a vNIC of it gets passthrough': {
    given: [(n) => cluster(n, '3.5'), (n) => vm(n, 'a', 'default')],
    one: move,
    other: (n) => vnic(n, { vnic_profile: MAYBE }),
  },
  'a VM is added to a cluster that is removed': {
    given: [(n) => cluster(n, '4.7')],
    one: (n) => vm(n, 'a'),
    other: (n) => track.ask(RemoveCluster, { cluster: `c${n}` }),
  },
  'a VM moves to a cluster that is removed': {
    given: [(n) => cluster(n, '4.7'), (n) => vm(n, 'a', 'default')],
    one: move,
    other: (n) => track.ask(RemoveCluster, { cluster: `c${n}` }),
  },
  'a vNIC changes to a profile that is removed': {
    given: [(n) => profile(`spare${n}`, {}), (n) => vm(n, 'a', 'default'), (n) => vnic(n)],
    one: (n) => change(n, { vnic_profile: { id: `spare${n}` } }),
    other: (n) => track.ask(RemoveVnicProfile, { vnicProfile: `spare${n}` }),
  },
  'vNICs of two VMs get one MAC address': {
    given: [(n) => vm(n, 'a', 'default'), (n) => vm(n, 'b', 'default'), (n) => vnic(n, {}, 'b')],
    one: (n) => vnic(n, { mac: macOf(n) }),
    other: (n) => change(n, { mac: macOf(n) }, 'b'),
  },
  'two VMs get one name': {
    given: [(n) => vm(n, 'a', 'default'), (n) => vm(n, 'b', 'default')],
    one: (n) => rename(n, 'a', 'web'),
    other: (n) => rename(n, 'b', 'ｗeb'),
  },
  'two placements run one VM': {
    given: [(n) => vm(n, 'a', 'default')],
    one: (n) => begin(n, 'p1'),
    other: (n) => begin(n, 'p2'),
  },
  'a VM is removed while it begins to run': {
    given: [(n) => vm(n, 'a', 'default')],
    one: (n) => track.ask(RemoveVm, { vm: `a-${n}` }),
    other: begin,
  },
};

it.each(Object.entries(EXACTLY_ONE))('exactly one wins when %s', async (_, { given, one, other }) => {
  const winners = new Set<string>();
  await race({ given, one, other }, async (verdicts) => {
    expect(verdicts.map(({ ok }) => ok)).toContain(true);
    expect(verdicts.map(({ ok }) => ok)).toContain(false);
    for (const verdict of verdicts) if (!verdict.ok) expect(codesOf(verdict)).not.toContain('TOO_MUCH_CONTENTION');
    winners.add(verdicts[0].ok ? 'one' : 'other');
  });
  expect([...winners].sort()).toEqual(['one', 'other']);
});

it.each<[string, Race, string]>([
  ['added', { given: [(n) => vm(n, 'a', 'default')], one: (n) => vnic(n), other: begin }, 'nic1'],
  [
    'changed',
    { given: [(n) => vm(n, 'a', 'default'), (n) => vnic(n)], one: (n) => change(n, { name: 'eth0' }), other: begin },
    'eth0',
  ],
  [
    'removed',
    {
      given: [(n) => vm(n, 'a', 'default'), (n) => vnic(n)],
      one: (n) => track.ask(RemoveVnic, { vm: `a-${n}`, vnic: 'nic1' }),
      other: begin,
    },
    '',
  ],
])('a plugged vNIC is %s before its VM runs or not at all, and the run knows', async (_, requests, name) => {
  const outcomes = new Set<string>();
  await race(requests, async ([edited, begun], n) => {
    if (!edited.ok) expect(codesOf(edited)).toEqual(['CANNOT_PERFORM_HOT_UPDATE']);
    const { vnics } = replyOf(await track.ask(ResolveVnics, { vm: `a-${n}` }));
    expect(replyOf(begun)).toMatchObject({ placementId: 'p1', vnics });
    expect(vnics.map((vnic) => vnic.name).join() === name).toBe(edited.ok);
    outcomes.add(edited.ok ? 'edited' : 'refused');
  });
  expect([...outcomes].sort()).toEqual(['edited', 'refused']);
});

async function race(
  { given, one, other }: Race,
  judge: (verdicts: [Verdict<unknown>, Verdict<unknown>], n: number) => Promise<void>,
): Promise<void> {
  const pauses = fc.array(fc.nat(4), { minLength: 12, maxLength: 12 });
  const order = fc.record({ pauses, lead: fc.nat(30), isOneFirst: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(order, async ({ isOneFirst, ...at }) => {
      const n = ++run;
      for (const step of given) replyOf(await step(n));
      const [first, second] = isOneFirst ? [one, other] : [other, one];
      const [early, late] = await track.race(
        at,
        () => first(n),
        () => second(n),
      );
      if (!early || !late) throw new Error('a race has two verdicts');
      await judge(isOneFirst ? [early, late] : [late, early], n);
    }),
    { numRuns: RUNS },
  );
}

/** A MAC address of a run's own. */
function macOf(n: number): string {
  return `${MAC.slice(0, 9)}${n
    .toString(16)
    .padStart(6, '0')
    .replace(/..(?=.)/g, '$&:')}`;
}
