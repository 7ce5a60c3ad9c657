/** The machine has booted anew: no VF is there, and VFleet's state is what it was when the power failed. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { takeFromLastBoot } from './kept.ts';
import { existingVfs, groupOf, run, type SeenVf, seeVf, vfAddress } from './machine.ts';
import { bundleOf, type SystemProcess, startSystem } from './system.ts';
import { assertNothingLeft, PF, reaches, seeVfs, start, stop, VLAN } from './world.ts';

describe('after a reboot', () => {
  let api: SystemProcess;
  let fresh: SeenVf[];

  before(takeFromLastBoot);
  after(() => api.stop('SIGTERM'));

  it('restore brings the VFs back before the network is there', () => {
    assert.deepEqual([existingVfs('ens11'), existingVfs('ens12')], [0, 0]);
    const { status, said } = run(process.execPath, bundleOf('vfleet-host-agent'), 'restore');
    assert.equal(status, 0, said);
    assert.deepEqual([existingVfs('ens11'), existingVfs('ens12')], [4, 2]);
    fresh = seeVfs(4);
  });

  it('the VM is down, its VF free and nothing drifted', async () => {
    api = await startSystem();
    await reaches(api, 'web', 'down');
    await assertNothingLeft(api, fresh);
    for (const nic of ['ens11', 'ens12']) {
      assert.partialDeepStrictEqual(await api.vfsConfig(nic), { state: 'ready', drift: null, last_error: null });
    }
  });

  it('F51, F41: the VM starts again: its VF is bound to vfio-pci anew, whatever its IOMMU group is now', async () => {
    const vm = await start(api, 'web');
    assert.partialDeepStrictEqual(seeVf(PF, 0), { mac: vm.nics[0]?.mac, vlan: VLAN, driver: 'vfio-pci' });
    const shown = (await api.vf(vfAddress(PF, 0)))?.vf;
    assert.equal(shown?.iommu_group, groupOf(vfAddress(PF, 0)));
    await stop(api, 'web');
    await assertNothingLeft(api, fresh);
  });
});
