/** The system that manages this machine, killed at each step of a start and of a stop: nothing leaks, nothing is held twice. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { WITHOUT_SYSTEM } from './definitions.ts';
import { eventually } from './eventually.ts';
import { domains, type SeenVf, seeVf, vfAddress, virsh } from './machine.ts';
import { type SystemProcess, startSystem } from './system.ts';
import { addVm, assertNothingLeft, hostIsUp, makeWorld, PF, reaches, seeVfs, start, stop, VLAN } from './world.ts';

const VFS = 2;
const VM = 'web';
const STATE = '/var/lib/vdsm/vfleet';
/** libvirt keeps it from the moment QEMU is started. */
const PID_FILE = `/run/libvirt/qemu/${VM}.pid`;
const LOOK_MS = 5;
const NEVER_MS = 180_000;

type Point = { when: string; reached: (of: { vmId: string; vf: string }) => boolean };

/** What shows from outside how far a step has come, in its order. */
const OF_START: readonly Point[] = [
  { when: 'the fence of the VF is kept', reached: ({ vf }) => fenceOf(vf).cleaned === false },
  { when: 'the VLAN is on the VF', reached: () => seeVf(PF, 0).vlan === VLAN },
  { when: 'the VF is on vfio-pci', reached: () => seeVf(PF, 0).driver === 'vfio-pci' },
  { when: 'QEMU is being started', reached: () => existsSync(PID_FILE) },
  { when: 'the domain is paused', reached: () => domains()[VM] === 'paused' },
  { when: 'the domain runs', reached: () => domains()[VM] === 'running' },
];
const OF_STOP: readonly Point[] = [
  { when: 'the end of the run is kept', reached: ({ vmId }) => recordOf(vmId).state === 'over' },
  { when: 'the domain is gone', reached: () => !existsSync(PID_FILE) },
  { when: 'the VF is back on its driver', reached: () => seeVf(PF, 0).driver === 'igbvf' },
];

describe('VFleet, killed', () => {
  let api: SystemProcess;
  let fresh: SeenVf[];
  let vmId: string;

  before(async () => {
    api = await startSystem();
    await makeWorld(api, { vfs: VFS });
    await addVm(api, VM, WITHOUT_SYSTEM);
    vmId = (await api.vm(VM)).id;
    fresh = seeVfs(VFS);
  });
  after(() => api.stop('SIGTERM'));

  for (const point of OF_START) {
    it(`in a start, when ${point.when}, ends it or takes it back`, async () => {
      await killedAt(point, 'start');
      await settled();
      if ((await api.vm(VM)).status === 'up') {
        assert.partialDeepStrictEqual(seeVf(PF, 0), { vlan: VLAN, driver: 'vfio-pci' });
        await stop(api, VM);
      }
      await assertNothingLeft(api, fresh);
    });
  }

  for (const point of OF_STOP) {
    it(`in a stop, when ${point.when}, ends it`, async () => {
      await start(api, VM);
      await killedAt(point, 'stop');
      await reaches(api, VM, 'down');
      await assertNothingLeft(api, fresh);
    });
  }

  it('knows a domain again that ran on without it', async () => {
    const before = await start(api, VM);
    await api.stop('SIGKILL');
    assert.deepEqual(domains(), { [VM]: 'running' });
    api = await startSystem();
    await eventually(async () => assert.deepEqual(await api.vm(VM), before));
    assert.equal(seeVf(PF, 0).driver, 'vfio-pci');
    await stop(api, VM);
    await assertNothingLeft(api, fresh);
  });

  it('frees the VF of a domain that ended without it', async () => {
    await start(api, VM);
    await api.stop('SIGKILL');
    virsh('destroy', VM);
    api = await startSystem();
    await reaches(api, VM, 'down');
    await assertNothingLeft(api, fresh);
  });

  /** Kills the system as soon as a point is reached after a step was asked for, and starts it again. */
  async function killedAt({ when, reached }: Point, step: 'start' | 'stop'): Promise<void> {
    const vf = vfAddress(PF, 0);
    await hostIsUp(api);
    let refused: string | undefined;
    const asked = api.post(`/api/vms/${VM}/${step}`, step === 'stop' ? { force: true } : {}).then(
      ({ problem }) => {
        refused = problem?.detail;
      },
      // the connection breaks when the system is killed
      () => {},
    );
    const end = performance.now() + NEVER_MS;
    while (!reached({ vmId, vf })) {
      assert.equal(refused, undefined);
      assert.ok(performance.now() < end, `${step}: it never came to pass that ${when}`);
      await delay(LOOK_MS);
    }
    await api.stop('SIGKILL');
    await asked;
    api = await startSystem();
  }

  async function settled(): Promise<void> {
    await eventually(async () => assert.match((await api.vm(VM)).status, /^(up|down)$/));
  }
});

function fenceOf(vf: string): { cleaned?: boolean } {
  return readJson(`${STATE}/fences/${vf}.json`);
}

function recordOf(vmId: string): { state?: string } {
  return readJson(`${STATE}/vms/${vmId}.json`);
}

function readJson(file: string): object {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
