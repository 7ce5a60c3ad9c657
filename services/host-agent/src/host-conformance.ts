import { NicReport, PfHealth, PfIdentity, Platform, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import { deviceNameOf, type PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import type { Host } from './host.ts';
import { testsOf } from './testing/tests-of.ts';

/** A machine to try a Host adapter on. */
export type HostUnderTest = {
  host: Host;
  /** A PF with a driver, a netdev, VFs enough for the writing suite (at least 3), none of them in use. */
  pf: PciAddress;
  /** Waits for a promise while the machine's time passes: on a real one a plain await. */
  passing: <Value>(promise: Promise<Value>) => Promise<Value>;
  close(): Promise<void>;
};

const ABSENT = '0000:fe:1f.7';
const DEADLINE_MS = 30_000;

/** What every Host shows, on a real machine, a copied sysfs tree, or a simulated one. Nothing is changed. */
export function describeReading(name: string, open: () => Promise<HostUnderTest>): void {
  describe(`${name} reads as a host`, () => {
    const it = testsOf(open);

    it('knows its boot', async ({ host }) => {
      const boot = await host.bootId();
      expect(boot).not.toBe('');
      expect(await host.bootId()).toBe(boot);
    });

    it('lists devices that all hang from the computer', async ({ host }) => {
      const { devices } = await host.scan();
      expect(devices.computer?.params.capability).toBe('system');
      for (const name of Object.keys(devices)) {
        let at = name;
        for (let depth = 0; at !== 'computer' && depth < 32; depth++) at = String(devices[at]?.params.parent);
        expect(at, name).toBe('computer');
      }
    });

    it('lists every PF and VF with what the listing must hold of them', async ({ host }) => {
      const { devices, pfs } = await host.scan();
      expect(pfs.length).toBeGreaterThan(0);
      for (const pf of pfs) {
        const device = devices[deviceNameOf(pf.pciAddress)];
        expect(device?.params, pf.pciAddress).toMatchObject({ capability: 'pci', totalvfs: pf.totalVfs });
        for (const vf of pf.vfs) {
          expect(devices[deviceNameOf(vf.pciAddress)]?.params).toMatchObject({ physfn: deviceNameOf(pf.pciAddress) });
        }
      }
    });

    it('names net devices by interface and MAC, below their PCI device', async ({ host }) => {
      const { devices, nics } = await host.scan();
      const physical = nics.filter(({ pciAddress }) => pciAddress !== null);
      expect(physical.length).toBeGreaterThan(0);
      for (const nic of physical) {
        const name = `net_${nic.name}_${(nic.mac ?? '').replaceAll(':', '_')}`;
        expect(devices[name]?.params).toMatchObject({
          capability: 'net',
          interface: nic.name,
          parent: deviceNameOf(nic.pciAddress as PciAddress),
        });
      }
    });

    it('shows PFs, VFs and nics in the shapes of a report', async ({ host }) => {
      const { pfs, nics } = await host.scan();
      z.array(NicReport).parse(nics);
      for (const pf of pfs) {
        PfIdentity.parse(pf.identity);
        z.array(VfReport).parse(pf.vfs);
        expect(pf.vfs.map(({ index }) => index)).toEqual([...pf.vfs.keys()]);
        expect(pf.vfs.every(({ pfAddress }) => pfAddress === pf.pciAddress)).toBe(true);
        expect(pf.existing).toBe(pf.vfs.length);
        expect(pf.existing).toBeLessThanOrEqual(pf.totalVfs);
      }
    });

    it('gives every PF a netdev of its own, and none that stands for another function', async ({ host }) => {
      const { pfs, nics } = await host.scan();
      for (const { pciAddress, nic } of pfs) {
        const own = nics.filter((each) => each.pciAddress === pciAddress).toSorted(byName);
        expect(nic, pciAddress).toBe(own[0]?.name ?? null);
        expect(own.every(({ kind, representorOf }) => kind === 'physical' && representorOf === null)).toBe(true);
      }
    });

    it('gives representors no device, and a VF that each stands for', async ({ host }) => {
      const { pfs, nics } = await host.scan();
      for (const { name, kind, pciAddress, representorOf } of nics) {
        if (kind !== 'representor') expect(representorOf, name).toBeNull();
        else expect(pciAddress, name).toBeNull();
        if (!representorOf) continue;
        const pf = pfs.find((each) => each.pciAddress === representorOf.pfAddress);
        expect(representorOf.vfIndex, name).toBeLessThan(pf?.totalVfs ?? 0);
      }
    });

    it('tells health, and what the machine offers to guests', async ({ host }) => {
      const { pfs, platform, nics } = await host.scan();
      expect(Platform.parse(platform)).toEqual(platform);
      expect(platform.kernel).not.toBeNull();
      for (const { health, nic, driver } of pfs) {
        expect(PfHealth.parse(health)).toEqual(health);
        if (nic === null || driver === null) expect(health.carrier).toBeNull();
      }
      for (const { name, mtu, maxMtu } of nics) expect(maxMtu ?? mtu, name).toBeGreaterThanOrEqual(mtu);
    });

    it('looks at one PF and sees what a scan sees', async ({ host }) => {
      for (const pf of (await host.scan()).pfs) expect(await host.lookAtPf(pf.pciAddress)).toEqual(pf);
    });

    it('sees no PF where there is none', async ({ host }) => expect(await host.lookAtPf(ABSENT)).toBeUndefined());

    it('finds the nics of some devices as a scan finds them', async ({ host }) => {
      const { nics } = await host.scan();
      const some = nics.flatMap(({ pciAddress }) => pciAddress ?? []).slice(0, 2);
      const found = await host.nicsOf([...some, ABSENT]);
      const expected = nics.filter(({ pciAddress }) => pciAddress !== null && some.includes(pciAddress));
      expect(found.toSorted(byName)).toEqual(expected.toSorted(byName));
      expect(await host.nicsOf([])).toEqual([]);
    });

    it('has no writer at work', async ({ host, pf }) => expect(await host.writerAlive(pf)).toBe(false));

    it('reads the number of VFs', async ({ host, pf, passing }) => {
      const existing = (await host.lookAtPf(pf))?.existing;
      expect(await passing(host.readNumVfs(pf, DEADLINE_MS))).toEqual({ kind: 'value', value: existing });
    });

    it('tells the errno of a number it cannot read', async ({ host, passing }) => {
      expect(await passing(host.readNumVfs(ABSENT, DEADLINE_MS))).toEqual({ kind: 'errno', errno: 'ENOENT' });
    });
  });
}

/** What the kernel does with writes: on a real one or a simulated one, which is left with 0 VFs on the PF. */
export function describeWriting(name: string, open: () => Promise<HostUnderTest>): void {
  describe(`${name} writes as the kernel does`, () => {
    const it = testsOf(async () => {
      const opened = await open();
      await opened.passing(opened.host.writeNumVfs(opened.pf, 0, DEADLINE_MS));
      return opened;
    });
    const write = ({ host, pf, passing }: HostUnderTest, count: number) =>
      passing(host.writeNumVfs(pf, count, DEADLINE_MS));

    it('makes VFs, each linked to its PF, and removes them', async (machine) => {
      const { host, pf, passing } = machine;
      expect(await write(machine, 2)).toEqual({ kind: 'written' });
      expect(await passing(host.readNumVfs(pf, DEADLINE_MS))).toEqual({ kind: 'value', value: 2 });
      expect((await host.lookAtPf(pf))?.vfs.map(({ index }) => index)).toEqual([0, 1]);
      expect(await write(machine, 0)).toEqual({ kind: 'written' });
      expect((await host.lookAtPf(pf))?.vfs).toEqual([]);
    });

    it('F1: does not go from one non-zero number to another', async (machine) => {
      await write(machine, 2);
      expect(await write(machine, 3)).toEqual({ kind: 'errno', errno: 'EBUSY' });
      expect((await machine.host.lookAtPf(machine.pf))?.existing).toBe(2);
      await write(machine, 0);
    });

    it('F2: refuses more than the total, whatever exists', async (machine) => {
      const total = (await machine.host.lookAtPf(machine.pf))?.totalVfs ?? 0;
      expect(await write(machine, total + 1)).toEqual({ kind: 'errno', errno: 'ERANGE' });
      await write(machine, 1);
      expect(await write(machine, total + 1)).toEqual({ kind: 'errno', errno: 'ERANGE' });
      await write(machine, 0);
    });

    it('F6: does nothing when the number is there already', async (machine) => {
      await write(machine, 2);
      const before = (await machine.host.lookAtPf(machine.pf))?.vfs.map(({ pciAddress }) => pciAddress);
      expect(await write(machine, 2)).toEqual({ kind: 'written' });
      expect((await machine.host.lookAtPf(machine.pf))?.vfs.map(({ pciAddress }) => pciAddress)).toEqual(before);
      await write(machine, 0);
    });

    it('refuses where there is no PF', async ({ host, passing }) => {
      expect(await passing(host.writeNumVfs(ABSENT, 1, DEADLINE_MS))).toMatchObject({ kind: 'errno' });
    });

    it('lets one writer at a PF, seen from beside', async (machine) => {
      const { host, pf, passing } = machine;
      const first = host.writeNumVfs(pf, 3, DEADLINE_MS);
      const second = host.writeNumVfs(pf, 3, DEADLINE_MS);
      const outcomes = await passing(Promise.all([first, second]));
      expect(outcomes).toContainEqual({ kind: 'written' });
      expect(outcomes.filter(({ kind }) => kind === 'errno')).toEqual([]);
      expect(await host.writerAlive(pf)).toBe(false);
      await write(machine, 0);
    });

    it('calls a watcher when VFs come, and no more after it stopped', async (machine) => {
      const { host, passing } = machine;
      const { promise: called, resolve } = Promise.withResolvers<void>();
      const stop = host.watch(resolve);
      await write(machine, 1);
      await passing(called);
      stop();
      await write(machine, 0);
    });

    it('sets the PF up and repairs a VF without breaking either', async (machine) => {
      const { host, pf, passing } = machine;
      await host.setPfUp(pf);
      await write(machine, 1);
      const vf = (await host.lookAtPf(pf))?.vfs[0]?.pciAddress as PciAddress;
      expect(await passing(host.rebindVf(vf, DEADLINE_MS))).toBe('done');
      expect((await host.lookAtPf(pf))?.existing).toBe(1);
      await write(machine, 0);
    });
  });
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
