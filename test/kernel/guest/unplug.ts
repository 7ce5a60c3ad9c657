/** Hot unplug of a VF from a Linux that lets go of it, through the public API. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { smallDomain } from './definitions.ts';
import { eventually } from './eventually.ts';
import { domains, type SeenVf } from './machine.ts';
import { makeSmallGuest } from './small-guest.ts';
import { type SystemProcess, startSystem } from './system.ts';
import { addVm, assertClean, assertNothingLeft, makeWorld, seeVfs, start, stop } from './world.ts';

const VFS = 2;
const CONSOLE = '/var/log/small-guest.log';

describe('a Linux guest with a VF', () => {
  let api: SystemProcess;
  let fresh: SeenVf[];

  before(async () => {
    const guest = makeSmallGuest();
    api = await startSystem();
    await makeWorld(api, { vfs: VFS });
    await addVm(api, 'small', smallDomain(guest, { console: CONSOLE }));
    fresh = seeVfs(VFS);
  });
  after(() => api.stop('SIGTERM'));

  it('runs', async () => {
    await start(api, 'small');
    await eventually(async () => assert.match(readFileSync(CONSOLE, 'utf8'), /small guest ready/));
  });

  it('lets go of the VF, which is free and clean then while the guest runs on', async () => {
    const unplugged = await api.post('/api/vms/small/nics/nic1/deactivate');
    assert.equal(unplugged.status, 200, unplugged.problem?.detail);
    assert.partialDeepStrictEqual((await api.vm('small')).nics[0], { plugged: false, vf: null });
    await eventually(() => assertClean(api, 0, fresh[0]));
    assert.deepEqual(domains(), { small: 'running' });
  });

  it('takes a VF in again', async () => {
    const plugged = await api.post('/api/vms/small/nics/nic1/activate');
    assert.equal(plugged.status, 200, plugged.problem?.detail);
    assert.partialDeepStrictEqual((await api.vm('small')).nics[0], { plugged: true, vf: { state: 'attached' } });
  });

  it('shuts down when it is asked to', async () => {
    await stop(api, 'small', { force: false });
    await assertNothingLeft(api, fresh);
  });
});
