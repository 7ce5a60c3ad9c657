/** The whole system and the host agent against the real kernel, through the public API, as an administrator uses them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { eventually } from './eventually.ts';
import { existingVfs, PFS, run, writeNumVfs } from './machine.ts';
import { bundleOf, type SystemProcess, startSystem } from './system.ts';
import { bindBack, bindToVfio, holdGroup } from './vfio.ts';

const NUMBERS = '/var/lib/vdsm/virtual_functions';
const ABSENT = '0000:05:00.0';

const kept = (pf: string) => readFileSync(`${NUMBERS}/${pf}`, 'utf8');

describe('VFleet on a real kernel', () => {
  let api: SystemProcess;

  before(async () => {
    api = await startSystem();
  });
  after(() => api.stop('SIGTERM'));

  it('shows the PFs of this machine with their NUMA nodes and what they can have', async () => {
    const pfs = (await api.nics()).filter(({ vfs_config }) => vfs_config !== null);
    assert.deepEqual(pfs.map((pf) => [pf.name, pf.pci_address, pf.numa_node, pf.driver]).toSorted(), [
      ['ens11', PFS.ens11, 0, 'igb'],
      ['ens12', PFS.ens12, 1, 'igb'],
      ['ens13', PFS.ens13, 0, 'igb'],
    ]);
    for (const { vfs_config } of pfs) {
      assert.partialDeepStrictEqual(vfs_config, { max_num_of_vfs: 7, num_of_vfs: 0, state: 'unmanaged' });
    }
  });

  for (const number of [4, 7, 0]) {
    it(`changes the number of VFs to ${number}`, async () => {
      const { status, config } = await api.putNumVfs('ens11', number);
      assert.equal(status, 200);
      const wanted = { num_of_vfs: number, existing_num_of_vfs: number, state: 'ready', last_error: null, drift: null };
      assert.partialDeepStrictEqual(config, wanted);
      assert.equal(existingVfs('ens11'), number);
      assert.equal(kept(PFS.ens11), String(number));
      const functions = [...(await api.physicalFunctions()).values()];
      assert.equal(functions.filter((pf) => pf === 'pci_0000_41_00_0').length, number);
    });
  }

  it('refuses more than the PF can have', async () => {
    const { status, problem } = await api.putNumVfs('ens11', 8);
    assert.equal(status, 400);
    assert.equal(problem?.code, 'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE');
    assert.equal(existingVfs('ens11'), 0);
  });

  it('refuses, before the kernel can hang, while a VF is open through vfio, and names VF and holder', async (test) => {
    assert.equal((await api.putNumVfs('ens11', 2)).status, 200);
    const vf = (await api.nics()).find(({ physical_function }) => physical_function?.name === 'ens11')?.pci_address;
    assert.ok(vf);
    bindToVfio(vf);
    const holder = await holdGroup(vf);
    test.after(holder.letGo);
    const { status, problem } = await api.putNumVfs('ens11', 0);
    assert.equal(status, 409);
    assert.equal(problem?.code, 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED');
    assert.match(JSON.stringify(problem), new RegExp(`${vf}.*perl \\(pid ${holder.pid}\\)`));
    assert.equal(existingVfs('ens11'), 2);
    await holder.letGo();
    bindBack(vf);
    await eventually(async () => assert.equal((await api.putNumVfs('ens11', 3)).status, 200));
    assert.equal(existingVfs('ens11'), 3);
  });

  it('knows after its death what it knew before', async () => {
    const before = await api.vfsConfig('ens11');
    await api.stop('SIGKILL');
    api = await startSystem();
    await eventually(async () => assert.deepEqual(await api.vfsConfig('ens11'), before));
    assert.equal(existingVfs('ens11'), 3);
  });
});

describe('vfleet-host-agent on a host that lost its VFs', () => {
  const agent = (...args: string[]) => run(process.execPath, bundleOf('vfleet-host-agent'), ...args);
  const lose = () => {
    for (const pf of ['ens11', 'ens13', 'ens12'] as const) writeNumVfs(pf, 0);
  };

  it('restores the kept numbers', () => {
    writeFileSync(`${NUMBERS}/${PFS.ens12}`, '2');
    lose();
    const { status, said } = agent('restore');
    assert.equal(status, 0, said);
    assert.deepEqual([existingVfs('ens11'), existingVfs('ens12'), existingVfs('ens13')], [3, 2, 0]);
  });

  it('fails when a PF is not there, after it restored the others, and names the remedy', () => {
    writeFileSync(`${NUMBERS}/${ABSENT}`, '4');
    lose();
    const { status, said } = agent('restore', '--wait', '1');
    assert.equal(status, 1, said);
    assert.match(said, new RegExp(`vfleet-host-agent forget ${ABSENT}`));
    assert.deepEqual([existingVfs('ens11'), existingVfs('ens12')], [3, 2]);
  });

  it('has nothing to complain of once that PF is forgotten', () => {
    assert.equal(agent('forget', ABSENT).status, 0);
    assert.equal(agent('restore').status, 0);
    assert.match(agent('show').said, /0000:41:00\.0 +ens11 +igb 2\.1\.0 +3 of 7 VFs +3 restored at boot/);
  });

  it('is taken on again by the system, without drift', async () => {
    const api = await startSystem();
    await eventually(async () => {
      const { state, existing_num_of_vfs, drift } = await api.vfsConfig('ens11');
      assert.deepEqual({ state, existing_num_of_vfs, drift }, { state: 'ready', existing_num_of_vfs: 3, drift: null });
    });
    for (const nic of Object.keys(PFS)) assert.equal((await api.putNumVfs(nic, 0)).status, 200);
    await api.stop('SIGTERM');
  });
});
