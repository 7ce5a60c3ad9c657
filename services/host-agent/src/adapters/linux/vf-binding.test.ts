import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { systemClock } from '@vfleet/process/clock';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SysfsOfVfs, sysfsOfVfs } from '../../testing/sysfs-of-vfs.ts';
import { bindingLock, type KernelChildren, kernelChildren } from './kernel-children.ts';
import { kernelFiles } from './kernel-files.ts';
import { commandRunner } from './run-command.ts';
import { vfBinding } from './vf-binding.ts';

const PF = '0000:41:00.0';
const VF = '0000:41:10.0';
const DRIVERS = 'sys/bus/pci/drivers';
const AMPLE_MS = 20_000;
const DONE = { kind: 'done' };

let sysfs: SysfsOfVfs;
let modprobed: string[];

beforeEach(() => {
  sysfs = sysfsOfVfs();
  modprobed = [];
  sysfs.addPf(PF);
  sysfs.addVf(VF, PF);
  sysfs.link(PF, 0, VF);
});
afterEach(() => sysfs.remove());

/** `clock` runs for deadlines and polls alone; the children take the time they take. */
function binding({ onModprobe = () => {}, atOnce = false }: { onModprobe?: () => void; atOnce?: boolean } = {}) {
  const clock = virtualClock();
  const { root } = sysfs;
  const real = kernelChildren({ lockDir: sysfs.at('run/locks'), run: commandRunner(systemClock()), clock });
  const children: KernelChildren = atOnce ? { ...real, work: async ({ outcome }) => outcome.parse(DONE) } : real;
  const bind = vfBinding({
    ...{ root, children, clock, files: kernelFiles(root) },
    run: async (program, args) => {
      modprobed.push([program, ...args].join(' '));
      onModprobe();
      return { exitCode: 0, stdout: '', stderr: '' };
    },
  });
  /** Waits while time passes by little. */
  const passed = async <Value>(promise: Promise<Value>): Promise<Value> => {
    let isSettled = false;
    const settled = promise.finally(() => {
      isSettled = true;
    });
    settled.catch(() => {});
    await vi.waitFor(
      async () => {
        await clock.advance(100);
        expect(isSettled).toBe(true);
      },
      { timeout: AMPLE_MS, interval: 10 },
    );
    return settled;
  };
  return { clock, children, passed, ...bind };
}

/** What was last written to files of the bus, of the VF, of a driver. */
function written() {
  const text = (path: string) => readFileSync(sysfs.at(path), 'utf8').trim();
  return {
    override: text(`${sysfs.placeOf(VF)}/driver_override`),
    bound: text(`${DRIVERS}/vfio-pci/bind`),
    unbound: text(`${DRIVERS}/igbvf/unbind`) || text(`${DRIVERS}/vfio-pci/unbind`),
    probed: text('sys/bus/pci/drivers_probe'),
  };
}

describe('a VF bound to vfio-pci', () => {
  it('is taken from its driver and bound by name', async () => {
    sysfs.setDriver(VF, 'igbvf');
    expect(await binding().bindVf(VF, 'vfio-pci', AMPLE_MS)).toEqual(DONE);
    expect(written()).toEqual({ override: 'vfio-pci', bound: VF, unbound: VF, probed: '' });
    expect(modprobed).toEqual([]);
  });

  it('is bound though it has no driver', async () => {
    expect(await binding().bindVf(VF, 'vfio-pci', AMPLE_MS)).toEqual(DONE);
    expect(written()).toMatchObject({ bound: VF, unbound: '' });
  });

  it('is left where it is when it is bound already', async () => {
    sysfs.setDriver(VF, 'vfio-pci');
    expect(await binding().bindVf(VF, 'vfio-pci', AMPLE_MS)).toEqual(DONE);
    expect(written()).toMatchObject({ override: 'vfio-pci', bound: '', unbound: '' });
  });

  it('has the driver loaded where it is not yet', async () => {
    sysfs.removeDriver('vfio-pci');
    const { bindVf } = binding({ onModprobe: () => sysfs.addDriver('vfio-pci') });
    expect(await bindVf(VF, 'vfio-pci', AMPLE_MS)).toEqual(DONE);
    expect(modprobed).toEqual(['modprobe vfio-pci']);
    expect(written()).toMatchObject({ bound: VF });
  });

  it.each([
    ['the driver cannot be had', 'ENOENT', () => sysfs.removeDriver('vfio-pci')],
    ['there is no IOMMU', 'EINVAL', () => rmSync(sysfs.at(sysfs.placeOf(VF), 'iommu_group'))],
  ])('keeps its own while %s', async (_, errno, make) => {
    sysfs.setDriver(VF, 'igbvf');
    make();
    expect(await binding().bindVf(VF, 'vfio-pci', AMPLE_MS)).toEqual({ kind: 'errno', errno });
    expect(readFileSync(sysfs.at(DRIVERS, 'igbvf/unbind'), 'utf8')).toBe('');
  });

  it('answers the kernel’s errno', async () => {
    rmSync(sysfs.at(DRIVERS, 'vfio-pci/bind'));
    expect(await binding().bindVf(VF, 'vfio-pci', AMPLE_MS)).toEqual({ kind: 'errno', errno: 'ENOENT' });
  });
});

describe('a VF bound to its network driver', () => {
  it.each(['vfio-pci', 'mlx5_vfio_pci'])('is taken from %s and probed', async (driver) => {
    sysfs.addDriver(driver);
    sysfs.setDriver(VF, driver);
    const { bindVf, passed } = binding();
    const bound = bindVf(VF, 'network', 1_000_000);
    const unbound = sysfs.at(DRIVERS, driver, 'unbind');
    await vi.waitFor(() => expect(readFileSync(unbound, 'utf8')).toBe(`${VF}\n`), { timeout: AMPLE_MS });
    // The kernel takes the link away before the write ends; here that is done by hand, and the child may look earlier.
    sysfs.setDriver(VF, null);
    expect(await passed(bound)).toEqual(DONE);
    expect(written().override).toBe('');
  });

  it('is probed when it has none, and done when none comes', async () => {
    expect(await binding().bindVf(VF, 'network', AMPLE_MS)).toEqual(DONE);
    expect(written()).toMatchObject({ override: '', probed: VF, unbound: '' });
  });

  it('F15: is waited for until its netdev is there and udev has named it', async () => {
    sysfs.setDriver(VF, 'igbvf');
    sysfs.write('run/udev/control', '');
    const { bindVf, clock, passed } = binding({ atOnce: true });
    let isDone = false;
    const bound = bindVf(VF, 'network', AMPLE_MS).finally(() => {
      isDone = true;
    });
    await clock.advance(1_000);
    sysfs.addNetdev(VF, 'eth0', { index: 31 });
    await clock.advance(1_000);
    expect(isDone).toBe(false);
    sysfs.renameNetdev(VF, 'eth0', 'ens11v0');
    sysfs.write('run/udev/data/n31', 'I:1\n');
    expect(await passed(bound)).toEqual(DONE);
  });

  it.each([
    ['F11: no netdev comes', () => {}],
    ['udev never names it', () => sysfs.addNetdev(VF, 'eth0')],
  ])('is done in time though %s', async (_, make) => {
    sysfs.setDriver(VF, 'igbvf');
    sysfs.write('run/udev/control', '');
    make();
    const { bindVf, passed } = binding({ atOnce: true });
    expect(await passed(bindVf(VF, 'network', 8_000))).toEqual(DONE);
  });
});

describe('a bind that does not end', () => {
  it('is abandoned at its deadline; no other begins until it has ended by itself', async () => {
    sysfs.setDriver(VF, 'vfio-pci');
    const unbind = sysfs.at(DRIVERS, 'vfio-pci/unbind');
    rmSync(unbind);
    execFileSync('mkfifo', [unbind]);
    const { bindVf, children, clock, passed } = binding();

    const first = bindVf(VF, 'network', 1_000);
    await vi.waitFor(() => expect(isHeld()).toBe(true), { timeout: AMPLE_MS });
    await clock.advance(1_000);
    const timedOut = { kind: 'errno', errno: 'ETIMEDOUT' };
    expect(await first).toEqual(timedOut);
    expect(await children.isLocked(bindingLock(VF))).toBe(true);

    expect(await passed(bindVf(VF, 'network', 500))).toEqual(timedOut);

    const reader = await open(unbind, 'r');
    expect(await reader.readFile('utf8')).toBe(`${VF}\n`);
    await reader.close();
    await vi.waitFor(async () => expect(await children.isLocked(bindingLock(VF))).toBe(false), { timeout: AMPLE_MS });
    expect(readFileSync(sysfs.at(sysfs.placeOf(VF), 'driver_override'), 'utf8').trim()).toBe('');
  });

  /** The kernel's own list tells it: a look with flock would take the lock from a child that is about to begin. */
  function isHeld(): boolean {
    const { ino } = statSync(sysfs.at('run/locks', bindingLock(VF)));
    return new RegExp(` FLOCK .*:${ino} `).test(readFileSync('/proc/locks', 'utf8'));
  }
});

it('F58: nothing but a VF is bound, and no lock is taken for it', async () => {
  sysfs.setDriver(PF, 'igbvf');
  for (const address of [PF, '0000:fe:1f.7']) {
    for (const to of ['vfio-pci', 'network'] as const) {
      expect(await binding().bindVf(address, to, AMPLE_MS)).toEqual({ kind: 'errno', errno: 'ENODEV' });
    }
  }
  expect(readFileSync(sysfs.at(DRIVERS, 'igbvf/unbind'), 'utf8')).toBe('');
});
