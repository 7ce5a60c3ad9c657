/** What is there before the machine is rebooted under VFleet: VFs on two PFs, and a VM that holds one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WITHOUT_SYSTEM } from './definitions.ts';
import { keepForNextBoot } from './kept.ts';
import { existingVfs } from './machine.ts';
import { startSystem } from './system.ts';
import { addVm, makeWorld, start } from './world.ts';

describe('before a reboot', () => {
  it('a VM runs with a VF', async () => {
    const api = await startSystem();
    await makeWorld(api, { vfs: 4 });
    assert.equal((await api.putNumVfs('ens12', 2)).status, 200);
    await addVm(api, 'web', WITHOUT_SYSTEM);
    await start(api, 'web');
    assert.deepEqual([existingVfs('ens11'), existingVfs('ens12')], [4, 2]);
    await api.stop('SIGKILL');
    keepForNextBoot();
  });
});
