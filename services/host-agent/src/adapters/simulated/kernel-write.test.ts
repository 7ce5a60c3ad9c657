import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { passing, until } from '../../testing/passing.ts';
import { DEMO_SCENARIOS } from '../scenarios.ts';
import { simulatedHost } from '../simulated-host.ts';
import type { ScenarioInput } from './scenario.ts';

const PF = '0000:05:00.0';
const LONG = 1_000_000;

function machine(changes: Partial<ScenarioInput> = {}) {
  const clock = virtualClock();
  const host = simulatedHost({ scenario: { ...DEMO_SCENARIOS.alpha, ...changes }, clock, seed: 'alpha' });
  const write = (count: number, pf = PF) => passing(clock, host.writeNumVfs(pf, count, LONG));
  const vfs = async (pf = PF) => (await host.lookAtPf(pf))?.vfs ?? [];
  return { clock, host, write, vfs };
}

describe('faults', () => {
  it.each(['EBUSY', 'ERANGE', 'ENOENT', 'ENOSPC', 'ENOMEM', 'EINVAL', 'EPERM', 'EAGAIN', 'EIO', 'EOPNOTSUPP'])(
    'F5: a write may end with %s, once',
    async (errno) => {
      const { write } = machine({ faults: [{ kind: 'errno', pf: PF, errno, writes: { count: 4 } }] });
      expect(await write(3)).toEqual({ kind: 'written' });
      expect(await write(0)).toEqual({ kind: 'written' });
      expect(await write(4)).toEqual({ kind: 'errno', errno });
      expect(await write(4)).toEqual({ kind: 'written' });
    },
  );

  it('F3: a PF without its driver has no netdev and refuses', async () => {
    const { host, write, clock } = machine({ faults: [{ kind: 'driver-missing', pf: PF, afterBootMs: 20_000 }] });
    expect(await write(2)).toEqual({ kind: 'errno', errno: 'ENOENT' });
    expect(await host.lookAtPf(PF)).toMatchObject({ driver: null, nic: null, totalVfs: 7 });
    await clock.advance(20_000);
    expect(await host.lookAtPf(PF)).toMatchObject({ driver: 'igb', nic: 'enp5s0f0' });
  });

  it('F4: a write may make fewer VFs than asked, and say it was done', async () => {
    const { host, write, clock } = machine({ faults: [{ kind: 'fewer-vfs', pf: PF, enabled: 5 }] });
    expect(await write(7)).toEqual({ kind: 'written' });
    expect(await passing(clock, host.readNumVfs(PF, LONG))).toEqual({ kind: 'value', value: 5 });
  });

  it('F7, F8: a write may hang, with all that reads the file, until it is released', async () => {
    const { host, clock } = machine({ faults: [{ kind: 'hang', pf: PF }] });
    expect(await passing(clock, host.writeNumVfs(PF, 4, 30_000))).toEqual({ kind: 'unfinished' });
    expect(await host.writerAlive(PF)).toBe(true);
    expect(await passing(clock, host.readNumVfs(PF, 5_000))).toEqual({ kind: 'unfinished' });
    expect(await host.writeNumVfs(PF, 0, 1)).toEqual({ kind: 'locked' });
    expect((await host.scan()).pfs).toHaveLength(4);
    host.releaseWrite(PF);
    await until(clock, async () => !(await host.writerAlive(PF)));
    expect(host.numVfs(PF)).toBe(4);
  });

  it('F7: removing a VF that is open through vfio hangs until it is let go, its link gone already', async () => {
    const { host, write, vfs, clock } = machine();
    await write(4);
    host.hold('0000:05:10.2', { kind: 'vfio', process: { name: 'qemu-kvm', pid: 4242 } });
    expect(await passing(clock, host.writeNumVfs(PF, 0, 30_000))).toEqual({ kind: 'unfinished' });
    expect((await vfs()).map(({ index }) => index)).toEqual([2, 3]);
    expect(await host.holderOf(PF)).toContain('qemu-kvm (pid 4242)');
    host.letGo('0000:05:10.2');
    await until(clock, async () => !(await host.writerAlive(PF)));
    expect(host.numVfs(PF)).toBe(0);
  });

  it('F11: the netdev of a VF may never come, or only after it was bound again', async () => {
    const { host, write, vfs, clock } = machine({
      faults: [
        { kind: 'netdev-never', pf: PF, vf: 0 },
        { kind: 'netdev-never', pf: PF, vf: 1, healsOnRebind: true },
        { kind: 'netdev-late', pf: PF, vf: 2, afterMs: 9_000 },
      ],
    });
    const shown = async () => (await vfs()).map(({ driver, netns }) => `${driver} ${netns}`);
    await write(3);
    await clock.advance(5_000);
    expect(await shown()).toEqual(['igbvf none', 'igbvf none', 'null none']);
    await clock.advance(10_000);
    await host.rebindVf('0000:05:10.0', 1);
    await host.rebindVf('0000:05:10.2', 1);
    await clock.advance(1_000);
    expect(await shown()).toEqual(['igbvf none', 'igbvf here', 'igbvf here']);
  });

  it('a scan may fail, or hang', async () => {
    const { host } = machine();
    const end = host.inject({ kind: 'scan-fails', message: 'no sysfs' });
    await expect(host.scan()).rejects.toThrow('no sysfs');
    end();
    expect((await host.scan()).pfs).toHaveLength(4);
  });
});
