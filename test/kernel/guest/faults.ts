/** What befalls NICs on a real host, as the API tells it; the modes of failure are numbered as in docs/failure-modes.md. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Schedule } from '@vfleet/contracts/vocabulary/schedule';
import { eventually } from './eventually.ts';
import { DEVICES, existingVfs, groupOf, ip, PFS, seeVf, vfAddress, writeNumVfs } from './machine.ts';
import { type SystemProcess, startSystem } from './system.ts';
import { addVm, makeWorld, PF } from './world.ts';

const OTHER = 'ens13';

describe('VFleet on a host where', () => {
  let api: SystemProcess;

  before(async () => {
    api = await startSystem();
    // VFs that igb makes while its PF is down have no MAC until they are bound again, and no bridge takes them.
    link('set', 'dev', PF, 'up');
    await makeWorld(api, { vfs: 7 });
  });
  after(() => api.stop('SIGTERM'));

  const netdevOf = (index: number) => {
    const { netdev } = seeVf(PF, index);
    assert.ok(netdev);
    return netdev;
  };
  const link = (...args: string[]) => ip('link', ...args);

  it('F41: VFs have IOMMU groups of their own, told as the kernel numbers them now', async () => {
    const nics = await api.nics();
    const shown = [0, 1, 2, 3, 4, 5, 6].map(
      (index) => nics.find(({ pci_address: address }) => address === vfAddress(PF, index))?.vf?.iommu_group,
    );
    assert.deepEqual(
      shown,
      [0, 1, 2, 3, 4, 5, 6].map((index) => groupOf(vfAddress(PF, index))),
    );
    assert.equal(new Set(shown).size, 7);
  });

  it('F19, F42: something of the host sits on VFs: each tells what, none is handed out, and the PF is not resized', async () => {
    const [, ported, , enslaved, , moved] = [0, 1, 2, 3, 4, 5].map(netdevOf) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    // igb gives VFs no MAC of their own, and neither bridge nor bond takes a port without one.
    for (const [index, netdev] of [ported, enslaved].entries())
      link('set', 'dev', netdev, 'address', `02:00:00:00:00:0${index}`);
    ip('address', 'add', '192.0.2.1/24', 'dev', netdevOf(0));
    link('add', 'br0', 'type', 'bridge');
    link('set', 'dev', ported, 'master', 'br0');
    link('add', 'link', netdevOf(2), 'name', 'tagged', 'type', 'vlan', 'id', '55');
    link('add', 'bond0', 'type', 'bond');
    link('set', 'dev', enslaved, 'down');
    link('set', 'dev', enslaved, 'master', 'bond0');
    link('add', 'link', netdevOf(4), 'name', 'tapped', 'type', 'macvtap');
    ip('netns', 'add', 'blue');
    link('set', 'dev', moved, 'netns', 'blue');
    const expected = ['HAS_ADDRESS', 'BRIDGE', 'VLAN', 'BOND_SLAVE', 'MACVTAP', 'NETNS_MOVED'];
    await eventually(async () => {
      const nics = await api.nics();
      for (const [index, code] of expected.entries()) {
        const vf = nics.find(({ vf }) => vf?.pci_address === vfAddress(PF, index))?.vf;
        assert.partialDeepStrictEqual(vf, { free: false, state: 'in_use' });
        assert.ok(
          vf?.reasons.some((reason) => reason.code === code),
          `${code}: ${JSON.stringify(vf?.reasons)}`,
        );
      }
    });
    assert.equal((await api.vfsConfig(PF)).num_of_free_vfs, 1);

    await addVm(api, 'one', '<domain/>');
    await addVm(api, 'two', '<domain/>', { nics: 2 });
    const one = Schedule.parse((await api.post('/api/vms/one/schedule')).body);
    assert.deepEqual(
      one.hosts[0]?.assignments.map(({ vf }) => vf?.pci_address),
      [vfAddress(PF, 6)],
    );
    assert.equal(Schedule.parse((await api.post('/api/vms/two/schedule')).body).fitting, 0);

    const { status, problem } = await api.putNumVfs(PF, 3);
    assert.equal(status, 409);
    for (const index of expected.keys()) assert.match(problem?.detail ?? '', new RegExp(vfAddress(PF, index)));

    for (const name of ['br0', 'tagged', 'bond0', 'tapped']) link('del', name);
    ip('address', 'flush', 'dev', netdevOf(0));
    ip('-n', 'blue', 'link', 'set', 'dev', moved, 'netns', '1');
    ip('netns', 'del', 'blue');
    await eventually(async () => assert.equal((await api.vfsConfig(PF)).num_of_free_vfs, 7));
    assert.partialDeepStrictEqual((await api.putNumVfs(PF, 3)).config, { existing_num_of_vfs: 3, state: 'ready' });
  });

  it('F41: VFs have IOMMU groups of their own, told as the kernel numbers them now', async () => {
    const nics = await api.nics();
    const shown = [0, 1, 2, 3, 4, 5, 6].map(
      (index) => nics.find(({ pci_address: address }) => address === vfAddress(PF, index))?.vf?.iommu_group,
    );
    assert.deepEqual(
      shown,
      [0, 1, 2, 3, 4, 5, 6].map((index) => groupOf(vfAddress(PF, index))),
    );
    assert.equal(new Set(shown).size, 7);
  });

  it('F19, F42: something of the host sits on VFs: each tells what, none is handed out, and the PF is not resized', async () => {
    const [, ported, , enslaved, , moved] = [0, 1, 2, 3, 4, 5].map(netdevOf) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    // igb gives VFs no MAC of their own, and neither bridge nor bond takes a port without one.
    for (const [index, netdev] of [ported, enslaved].entries())
      link('set', 'dev', netdev, 'address', `02:00:00:00:00:0${index}`);
    ip('address', 'add', '192.0.2.1/24', 'dev', netdevOf(0));
    link('add', 'br0', 'type', 'bridge');
    link('set', 'dev', ported, 'master', 'br0');
    link('add', 'link', netdevOf(2), 'name', 'tagged', 'type', 'vlan', 'id', '55');
    link('add', 'bond0', 'type', 'bond');
    link('set', 'dev', enslaved, 'down');
    link('set', 'dev', enslaved, 'master', 'bond0');
    link('add', 'link', netdevOf(4), 'name', 'tapped', 'type', 'macvtap');
    ip('netns', 'add', 'blue');
    link('set', 'dev', moved, 'netns', 'blue');
    const expected = ['HAS_ADDRESS', 'BRIDGE', 'VLAN', 'BOND_SLAVE', 'MACVTAP', 'NETNS_MOVED'];
    await eventually(async () => {
      const nics = await api.nics();
      for (const [index, code] of expected.entries()) {
        const vf = nics.find(({ vf }) => vf?.pci_address === vfAddress(PF, index))?.vf;
        assert.partialDeepStrictEqual(vf, { free: false, state: 'in_use' });
        assert.ok(
          vf?.reasons.some((reason) => reason.code === code),
          `${code}: ${JSON.stringify(vf?.reasons)}`,
        );
      }
    });
    assert.equal((await api.vfsConfig(PF)).num_of_free_vfs, 1);

    await addVm(api, 'one', '<domain/>');
    await addVm(api, 'two', '<domain/>', { nics: 2 });
    const one = Schedule.parse((await api.post('/api/vms/one/schedule')).body);
    assert.deepEqual(
      one.hosts[0]?.assignments.map(({ vf }) => vf?.pci_address),
      [vfAddress(PF, 6)],
    );
    assert.equal(Schedule.parse((await api.post('/api/vms/two/schedule')).body).fitting, 0);

    const { status, problem } = await api.putNumVfs(PF, 3);
    assert.equal(status, 409);
    for (const index of expected.keys()) assert.match(problem?.detail ?? '', new RegExp(vfAddress(PF, index)));

    for (const name of ['br0', 'tagged', 'bond0', 'tapped']) link('del', name);
    ip('address', 'flush', 'dev', netdevOf(0));
    ip('-n', 'blue', 'link', 'set', 'dev', moved, 'netns', '1');
    ip('netns', 'del', 'blue');
    await eventually(async () => assert.equal((await api.vfsConfig(PF)).num_of_free_vfs, 7));
    assert.partialDeepStrictEqual((await api.putNumVfs(PF, 3)).config, { existing_num_of_vfs: 3, state: 'ready' });
  });

  it('F18: a PF and a VF are renamed: they are the same under their new names', async () => {
    const before = await api.vfsConfig(PF);
    const vf = netdevOf(0);
    link('set', 'dev', PF, 'down');
    link('set', 'dev', PF, 'name', 'storage0');
    link('set', 'dev', vf, 'down');
    link('set', 'dev', vf, 'name', 'tenant0');
    await eventually(async () => {
      const renamed = await api.vfsConfig('storage0');
      assert.deepEqual([renamed.id, renamed.num_of_vfs, renamed.state], [before.id, before.num_of_vfs, 'ready']);
      const [shown] = (await api.nics()).filter(({ name }) => name === 'tenant0');
      assert.partialDeepStrictEqual(shown, { physical_function: { name: 'storage0' }, vf: { free: true } });
    });
    link('set', 'dev', 'storage0', 'name', PF);
    link('set', 'dev', PF, 'up');
    link('set', 'dev', 'tenant0', 'name', vf);
    await eventually(async () => assert.equal((await api.vfsConfig(PF)).id, before.id));
  });

  it('F31: a network would have VLAN 4095, which igb takes: refused', async () => {
    assert.equal((await api.post('/api/networks', { name: 'beyond', vlan_id: 4095 })).status, 400);
  });

  it('somebody writes sriov_numvfs by hand: drift is told, and repaired on request', async () => {
    const { num_of_vfs: wanted } = await api.vfsConfig(PF);
    writeNumVfs(PF, 0);
    await eventually(async () => {
      assert.partialDeepStrictEqual((await api.vfsConfig(PF)).drift, { wanted, existing: 0 });
    });
    const repaired = await api.post(`${await api.host()}/nics/${PF}/vfsConfig/repair`);
    assert.ok(repaired.status < 300, repaired.problem?.detail);
    await eventually(async () => {
      assert.partialDeepStrictEqual(await api.vfsConfig(PF), {
        existing_num_of_vfs: wanted,
        drift: null,
        state: 'ready',
      });
    });
    assert.equal(existingVfs(PF), wanted);
  });

  it('F3: the driver of a PF is unbound: a change fails with the cause and a remedy, and works when it is back', async () => {
    const driver = '/sys/bus/pci/drivers/igb';
    writeFileSync(`${driver}/unbind`, PFS[OTHER]);
    const health = async () => (await api.vfsConfig(OTHER)).health;
    await eventually(async () => {
      const { state, problems } = await health();
      assert.equal(state, 'unhealthy');
      assert.ok(
        problems.some(({ code }) => code === 'PF_DRIVER_LOST'),
        JSON.stringify(problems),
      );
    });
    const { status, problem } = await api.putNumVfs(OTHER, 2);
    assert.ok(status >= 400, `answered with ${status}`);
    assert.match(JSON.stringify(problem?.refusals), /driver/);
    writeFileSync(`${driver}/bind`, PFS[OTHER]);
    await eventually(async () => assert.notEqual((await health()).state, 'unhealthy'));
    assert.partialDeepStrictEqual((await api.putNumVfs(OTHER, 2)).config, { existing_num_of_vfs: 2, state: 'ready' });
  });

  it('a PF vanishes and returns: missing meanwhile with all that is wanted of it, and repaired then', async () => {
    writeFileSync(`${DEVICES}/${PFS[OTHER]}/remove`, '1');
    const { id } = await api.vfsConfig(OTHER);
    const path = `${await api.host()}/nics/${OTHER}/vfsConfig`;
    await eventually(async () => {
      assert.partialDeepStrictEqual((await api.get(path)).body, { id, state: 'missing', num_of_vfs: 2 });
    });
    writeFileSync('/sys/bus/pci/rescan', '1');
    await eventually(async () => assert.notEqual((await api.vfsConfig(OTHER)).state, 'missing'));
    const repaired = await api.post(`${path}/repair`);
    assert.ok(repaired.status < 300, repaired.problem?.detail);
    await eventually(async () => {
      assert.partialDeepStrictEqual(await api.vfsConfig(OTHER), { id, existing_num_of_vfs: 2, drift: null });
    });
    assert.equal(existingVfs(OTHER), 2);
  });
});
