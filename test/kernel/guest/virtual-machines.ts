/** A virtual machine with a VF of a real NIC, through the public API: real kernel, real libvirt, real QEMU. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Vm } from '@vfleet/contracts/vocabulary/vm';
import { tinyDomain, WITHOUT_SYSTEM } from './definitions.ts';
import { eventually } from './eventually.ts';
import { domains, existingVfs, ip, isUp, type SeenVf, seeVf, vfAddress, virsh } from './machine.ts';
import { type SystemProcess, startSystem } from './system.ts';
import { writeTinyGuest } from './tiny-guest.ts';
import { addVm, assertClean, assertNothingLeft, makeWorld, PF, seeVfs, start, stop, VLAN } from './world.ts';

const VFS = 4;
const DISK = '/var/lib/tiny-guest';

describe('a virtual machine with a VF of a real NIC', () => {
  let api: SystemProcess;
  let fresh: SeenVf[];
  let vm: Vm;

  before(async () => {
    writeTinyGuest(DISK);
    api = await startSystem();
    await makeWorld(api, { vfs: VFS });
    await addVm(api, 'web', tinyDomain(DISK));
    fresh = seeVfs(VFS);
  });
  after(() => api.stop('SIGTERM'));

  it('F33: starts, though its PF was down, with MAC and VLAN on the VF and the VF on vfio-pci', async () => {
    ip('link', 'set', 'dev', PF, 'down');
    vm = await start(api, 'web');
    const [nic] = vm.nics;
    assert.partialDeepStrictEqual(nic?.vf, { pci_address: vfAddress(PF, 0), vlan: VLAN, state: 'attached' });
    assert.deepEqual(seeVf(PF, 0), { mac: nic?.mac, vlan: VLAN, driver: 'vfio-pci', netdev: null });
    assert.equal(isUp(PF), true);
    assert.deepEqual(domains(), { web: 'running' });
    assert.match(virsh('domiflist', 'web'), new RegExp(`hostdev.*${nic?.mac}`));
  });

  it('leaves the other VFs alone (F46)', () => assert.deepEqual(seeVfs(VFS).slice(1), fresh.slice(1)));

  it('is named at the VF it holds', async () => {
    await eventually(async () => {
      const shown = await api.vf(vfAddress(PF, 0));
      assert.partialDeepStrictEqual(shown?.vf, { free: false, state: 'attached', driver: 'vfio-pci' });
      assert.partialDeepStrictEqual(shown?.vf?.claim, {
        state: 'attached',
        vm: { name: 'web' },
        vnic: { name: 'nic1' },
      });
    });
  });

  it('keeps its PF from being resized, and is named with its VF', async () => {
    const { status, problem } = await api.putNumVfs(PF, 2);
    assert.equal(status, 409);
    assert.equal(problem?.code, 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED');
    assert.match(problem.detail, /web/);
    assert.match(problem.detail, new RegExp(vfAddress(PF, 0)));
    assert.equal(existingVfs(PF), VFS);
  });

  it('is plugged one more VF while it runs, and unplugged from it', async () => {
    const nic = { name: 'nic2', interface: 'pci_passthrough', vnic_profile: { name: 'red-vf' }, plugged: false };
    assert.equal((await api.post('/api/vms/web/nics', nic)).status, 201);
    const plugged = await api.post('/api/vms/web/nics/nic2/activate');
    assert.equal(plugged.status, 200, plugged.problem?.detail);
    const second = (await api.vm('web')).nics.find(({ name }) => name === 'nic2');
    assert.partialDeepStrictEqual(second, { plugged: true, vf: { pci_address: vfAddress(PF, 1), state: 'attached' } });
    assert.deepEqual(seeVf(PF, 1), { mac: second?.mac, vlan: VLAN, driver: 'vfio-pci', netdev: null });

    const unplugged = await api.post('/api/vms/web/nics/nic2/deactivate');
    assert.equal(unplugged.status, 200, unplugged.problem?.detail);
    assert.partialDeepStrictEqual((await api.vm('web')).nics[1], { plugged: false, vf: null });
    await eventually(() => assertClean(api, 1, fresh[1]));
    assert.deepEqual(domains(), { web: 'running' });
  });

  it('stops when its guest is asked to, and leaves its VF free, clean and on its own driver', async () => {
    const stopped = await stop(api, 'web', { force: false });
    assert.equal(stopped.nics[0]?.vf, null);
    await assertNothingLeft(api, fresh);
    assert.partialDeepStrictEqual((await api.putNumVfs(PF, VFS)).config, { existing_num_of_vfs: VFS, state: 'ready' });
  });

  it('keeps its VF while its guest does not let go of it, and says so', async () => {
    await addVm(api, 'deaf', WITHOUT_SYSTEM);
    await start(api, 'deaf');
    const { status, problem } = await api.post('/api/vms/deaf/nics/nic1/deactivate');
    assert.equal(status, 409);
    assert.equal(problem?.code, 'GUEST_REFUSED_UNPLUG');
    assert.partialDeepStrictEqual((await api.vm('deaf')).nics[0], { plugged: true, vf: { state: 'attached' } });
    assert.equal(seeVf(PF, 0).driver, 'vfio-pci');
    assert.equal((await api.vf(vfAddress(PF, 0)))?.vf?.state, 'attached');
    await stop(api, 'deaf');
    await assertNothingLeft(api, fresh);
  });

  it('F36: gives its VF back when its QEMU dies', async () => {
    await start(api, 'deaf');
    virsh('destroy', 'deaf');
    await eventually(async () => assert.equal((await api.vm('deaf')).status, 'down'));
    await assertNothingLeft(api, fresh);
  });
});
