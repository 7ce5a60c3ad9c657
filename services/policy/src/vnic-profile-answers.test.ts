import { AddCluster } from '@vfleet/contracts/policy/clusters';
import { UpdateNetwork } from '@vfleet/contracts/policy/networks';
import { RemoveVm } from '@vfleet/contracts/policy/vms';
import { ListVnicProfiles, UpdateVnicProfile, VnicProfileChanged } from '@vfleet/contracts/policy/vnic-profiles';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codesOf, replyOf } from './testing/policy-under-test.ts';
import { vnicProfileWorld } from './testing/vnic-profile-world.ts';

const MIGRATABLE = { pass_through: 'enabled', migratable: true } as const;
const RED = { id: 'red', name: 'red' };

let world: Awaited<ReturnType<typeof vnicProfileWorld>>;

beforeEach(async () => {
  world = await vnicProfileWorld();
});
afterEach(() => world.close());

/** The facts about profiles that were told since the last look. */
async function told(): Promise<unknown[]> {
  await world.idle();
  return world.facts.splice(0).flatMap(({ name, payload }) => (name === VnicProfileChanged.name ? [payload] : []));
}

async function detailOf(asked: ReturnType<typeof world.change | typeof world.remove>): Promise<string> {
  const verdict = await asked;
  return verdict.ok ? '' : verdict.refusals.map(({ detail }) => detail).join('\n');
}

describe('a profile', () => {
  it('is shown with the names of what it refers to, whatever it was referred by', async () => {
    await world.added('spare');
    const shown = await world.added('gold', {
      ...MIGRATABLE,
      failover: { name: 'spare' },
      vf: { trust: true, vlan_qos: 7 },
    });
    expect(shown).toEqual({
      ...{ id: 'gold', name: 'gold', description: '', network: RED, pass_through: 'enabled', migratable: true },
      ...{ failover: { id: 'spare', name: 'spare' }, port_mirroring: false, qos: null, network_filter: null },
      vf: { ...NO_VF_PROPERTIES, trust: true, vlan_qos: 7 },
    });
    expect(replyOf(await world.get('gold'))).toEqual({ resource: shown, version: 1 });

    const plain = await world.added('plain', {
      qos: { name: 'slow' },
      port_mirroring: true,
      network_filter: 'clean-traffic',
    });
    expect(plain).toMatchObject({
      qos: { id: 'q1', name: 'slow' },
      port_mirroring: true,
      network_filter: 'clean-traffic',
    });
    replyOf(await world.ask(UpdateNetwork, { network: 'red', fields: { name: 'crimson' } }));
    replyOf(await world.change('spare', { name: 'twin' }));
    expect(replyOf(await world.get('gold'))).toMatchObject({
      resource: { network: { id: 'red', name: 'crimson' }, failover: { id: 'spare', name: 'twin' } },
      version: 1,
    });
  });

  it('is made once by a command that is delivered twice', async () => {
    const first = await world.add('gold', {}, 'command-1');
    expect(await world.add('gold', {}, 'command-1')).toEqual(first);
    expect(codesOf(await world.add('gold'))).toEqual(['ID_ALREADY_USED']);
    expect(await told()).toEqual([{ vnicProfileId: 'gold', change: 'added' }]);
  });

  it('has a name of its own on its network, and may share it with those of others', async () => {
    await world.added('p1', { name: 'gold' });
    expect(codesOf(await world.add('p2', { name: 'ｇｏｌｄ' }))).toEqual(['VNIC_PROFILE_NAME_IN_USE']);
    await world.added('p3', { name: 'gold', network: { name: 'blue' } });
    await world.added('p4', { name: 'tin' });
    expect(codesOf(await world.change('p4', { name: 'gold' }))).toEqual(['VNIC_PROFILE_NAME_IN_USE']);

    for (const refused of [await world.get('gold'), await world.change('gold', {}), await world.remove('gold')])
      expect(refused).toMatchObject({
        refusals: [{ code: 'VNIC_PROFILE_NAME_AMBIGUOUS', detail: expect.stringMatching(/p1 .*red, p3 .*blue/) }],
      });
    const failing = world.add('p5', { ...MIGRATABLE, failover: { name: 'gold' } });
    expect(codesOf(await failing)).toEqual(['VNIC_PROFILE_NAME_AMBIGUOUS']);
    expect(replyOf(await world.remove('p3'))).toEqual({});
    expect(replyOf(await world.get('gold')).resource.id).toBe('p1');
  });

  it('is changed for the version it has, and tells of changes alone', async () => {
    await world.added('gold');
    await told();
    expect(codesOf(await world.change('gold', { description: 'd' }, 2))).toEqual(['PRECONDITION_FAILED']);
    expect(replyOf(await world.change('gold', { description: 'd' }, 1)).description).toBe('d');
    const { resource, version } = replyOf(await world.get('gold'));
    expect(version).toBe(2);
    const back = UpdateVnicProfile.request.parse({ vnicProfile: 'gold', fields: resource, ifVersion: 2 });
    expect(replyOf(await world.ask(UpdateVnicProfile, back))).toEqual(resource);
    expect(replyOf(await world.get('gold')).version).toBe(2);
    expect(await told()).toEqual([{ vnicProfileId: 'gold', change: 'updated' }]);
  });

  it('stays on its network', async () => {
    await world.added('gold');
    expect(codesOf(await world.change('gold', { network: { name: 'blue' } }))).toEqual([
      'CANNOT_CHANGE_VNIC_PROFILE_NETWORK',
    ]);
    expect(codesOf(await world.change('gold', { network: { id: 'grey' } }))).toEqual([
      'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
    ]);
    expect(replyOf(await world.change('gold', { network: { name: 'red' } })).network).toEqual(RED);
  });

  it('is no failover of itself, by whatever name, and none of a profile that does not exist', async () => {
    await world.added('gold', MIGRATABLE);
    for (const failover of [{ id: 'gold' }, { name: 'gold' }])
      expect(codesOf(await world.change('gold', { failover }))).toEqual(['FAILOVER_VNIC_PROFILE_CANNOT_POINT_TO_SELF']);
    expect(codesOf(await world.change('gold', { failover: { id: 'tin' } }))).toEqual([
      'FAILOVER_VNIC_PROFILE_NOT_EXIST',
    ]);
  });

  it('tells every rule a change breaks, and is as it was', async () => {
    await world.added('gold');
    const before = replyOf(await world.get('gold'));
    const refused = await world.change(
      'gold',
      { pass_through: 'enabled', passthrough: 'disabled', qos: { name: 'fast' }, failover: { id: 'x' } },
      7,
    );
    expect(codesOf(refused)).toEqual([
      ...['PRECONDITION_FAILED', 'PASSTHROUGH_NAMES_DISAGREE', 'PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES'],
      ...['FAILOVER_NEEDS_MIGRATABLE_PASSTHROUGH', 'FAILOVER_VNIC_PROFILE_NOT_EXIST', 'QOS_NOT_EXIST'],
    ]);
    expect(replyOf(await world.get('gold'))).toEqual(before);
  });
});

describe('a profile that is used', () => {
  it('is not switched on, off or removed, and who uses it is named', async () => {
    await world.added('gold');
    await world.added('silver', { pass_through: 'enabled' });
    await world.use('vm-1', 'gold');
    await world.use('vm-2', 'silver');
    await world.use('vm-3', 'silver');
    expect(codesOf(await world.change('gold', { pass_through: 'enabled' }))).toEqual(['VNIC_PROFILE_IN_ONE_USE']);
    expect(await detailOf(world.change('silver', { pass_through: 'preferred' }))).toMatch(
      /vm-2 \(nic1\), vm-3 \(nic1\)/,
    );
    expect(codesOf(await world.remove('gold'))).toEqual(['VNIC_PROFILE_IN_ONE_USE']);
    expect(codesOf(await world.remove('silver'))).toEqual(['VNIC_PROFILE_IN_MANY_USES']);
    replyOf(await world.ask(RemoveVm, { vm: 'vm-1' }));
    expect(replyOf(await world.change('gold', { pass_through: 'enabled' })).pass_through).toBe('enabled');
  });

  it('is switched between disabled and preferred, unless the vNICs or their cluster cannot have that', async () => {
    replyOf(await world.ask(AddCluster, { clusterId: 'old', fields: { name: 'old', compatibility_version: '3.5' } }));
    await world.added('gold');
    await world.use('vm-1', 'gold');
    expect(replyOf(await world.change('gold', { pass_through: 'preferred' })).pass_through).toBe('preferred');
    expect(replyOf(await world.change('gold', { pass_through: 'disabled' })).pass_through).toBe('disabled');
    await world.use('vm-2', 'gold', { interface: 'rtl8139', mac_spoofing: true }, 'old');
    expect(await detailOf(world.change('gold', { pass_through: 'preferred' }))).toMatch(
      /vm-2 \(nic1\) in cluster old \(3\.5\)\.\n.*nic1 of .* vm-2 is of the type rtl8139\.\n.*vm-2 has `mac_spoofing`\.$/,
    );
    expect(codesOf(await world.change('gold', { pass_through: 'preferred' }))).toEqual([
      'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
      'VM_INTERFACE_TYPE_NOT_MATCH_PROFILE',
      'PASSTHROUGH_VNIC_CONTAINS_NOT_SUPPORTED_PROPERTIES',
    ]);
  });

  it('gets no failover that the cluster of a VM cannot have', async () => {
    replyOf(await world.ask(AddCluster, { clusterId: 'old', fields: { name: 'old', compatibility_version: '4.5' } }));
    await world.added('spare');
    await world.added('gold', MIGRATABLE);
    await world.use('vm-1', 'gold');
    await world.use('vm-2', 'gold', {}, 'old');
    expect(await detailOf(world.change('gold', { failover: { id: 'spare' } }))).toMatch(
      /vm-2 \(nic1\) in cluster old \(4\.5\)\.$/,
    );
    replyOf(await world.ask(RemoveVm, { vm: 'vm-2' }));
    expect(replyOf(await world.change('gold', { failover: { id: 'spare' } })).failover?.id).toBe('spare');
  });

  it('is changed in everything else', async () => {
    await world.added('gold', { pass_through: 'enabled' });
    await world.use('vm-1', 'gold');
    const fields = {
      name: 'tin',
      description: 'd',
      migratable: true,
      vf: { trust: true, min_tx_rate: 5, max_tx_rate: 9 },
    };
    expect(replyOf(await world.change('gold', fields))).toMatchObject(fields);
  });

  it('names ten of its users and that there are others', async () => {
    await world.added('gold');
    for (let number = 10; number < 22; number++) await world.use(`vm-${number}`, 'gold');
    expect(await detailOf(world.remove('gold'))).toMatch(/vm-10 \(nic1\), .*vm-19 \(nic1\) and others\.$/);
  });

  it('as a failover is neither removed nor passed through, and who relies on it is named', async () => {
    await world.added('spare');
    await world.added('gold', { ...MIGRATABLE, failover: { id: 'spare' } });
    const expected = {
      refusals: [{ code: 'VNIC_PROFILE_IS_FAILOVER', detail: expect.stringMatching(/gold \(gold\)/) }],
    };
    expect(await world.change('spare', { pass_through: 'preferred' })).toMatchObject(expected);
    expect(await world.remove('spare')).toMatchObject(expected);
    replyOf(await world.change('gold', { failover: null }));
    expect(replyOf(await world.remove('spare'))).toEqual({});
  });
});

it('removes a profile once, for the version it has, and its id is never given out again', async () => {
  await world.added('gold');
  expect(codesOf(await world.remove('gold', 2))).toEqual(['PRECONDITION_FAILED']);
  expect(replyOf(await world.remove('gold', 1, 'command-1'))).toEqual({});
  expect(replyOf(await world.remove('gold', 1, 'command-1'))).toEqual({});
  expect(codesOf(await world.remove('gold'))).toEqual(['VNIC_PROFILE_NOT_EXIST']);
  expect(codesOf(await world.get('gold'))).toEqual(['VNIC_PROFILE_NOT_EXIST']);
  expect(codesOf(await world.change('gold', {}))).toEqual(['VNIC_PROFILE_NOT_EXIST']);
  expect(codesOf(await world.add('gold'))).toEqual(['ID_ALREADY_USED']);
  expect(await told()).toEqual(['added', 'removed'].map((change) => ({ vnicProfileId: 'gold', change })));
});

it('lists profiles in the order of their names, a page at a time, and finds them by name', async () => {
  for (const id of ['Gold', 'tin', 'golden']) await world.added(id);
  await world.added('p4', { name: 'gold', network: { name: 'blue' } });
  const list = async (asked: object) => replyOf(await world.ask(ListVnicProfiles, { limit: 100, ...asked }));
  const names = ({ items }: Awaited<ReturnType<typeof list>>) =>
    items.map(({ name, network }) => `${name} on ${network.name}`);
  const first = await list({ limit: 3 });
  expect(names(first)).toEqual(['Gold on red', 'gold on blue', 'golden on red']);
  expect(names(await list({ limit: 3, cursor: first.next }))).toEqual(['tin on red']);
  expect(names(await list({ name: 'GOLD' }))).toEqual(['Gold on red', 'gold on blue']);
  expect(names(await list({ name: 'gold*' }))).toHaveLength(3);
});
