import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { describe, expect } from 'vitest';
import type { GuestsUnderTest } from './guests-conformance.ts';
import { domainSpec, vfInterface } from './testing/domain-specs.ts';
import { testsOf } from './testing/tests-of.ts';

const DEADLINE_MS = 60_000;
const VM = 'vm-1';

/** What libvirt does with domains. No domain is left; the VFs are left bound to vfio-pci. */
export function describeDomains(name: string, open: () => Promise<GuestsUnderTest>): void {
  describe(`${name} runs domains`, () => {
    const it = testsOf(async () => {
      const opened = await open();
      for (const vf of opened.vfs) await opened.passing(opened.guests.bindVf(vf, 'vfio-pci', DEADLINE_MS));
      return { ...opened, close: () => end(opened).then(opened.close) };
    });
    const end = async ({ guests, passing }: GuestsUnderTest) => {
      for (const { vmId } of await guests.domains()) if (vmId) await passing(guests.destroy(vmId, DEADLINE_MS));
    };
    const start = (machine: GuestsUnderTest, interfaces: readonly DomainInterface[], vm: { id?: string } = {}) =>
      machine.passing(
        machine.guests.startPaused({ ...domainSpec(interfaces, vm), domainXml: machine.domainXml }, DEADLINE_MS),
      );
    const run = async (machine: GuestsUnderTest, interfaces: readonly DomainInterface[]) => {
      expect(await start(machine, interfaces)).toEqual({ kind: 'done' });
      expect(await machine.passing(machine.guests.resume(VM, DEADLINE_MS))).toEqual({ kind: 'done' });
    };

    it('starts one paused, lets it run, and lists it with its VFs', async (machine) => {
      const { guests, vfs } = machine;
      expect(await guests.domains()).toEqual([]);
      const listed = (state: string) => ({
        name: VM,
        vmId: VM,
        placementId: `placement of ${VM}`,
        attempt: 1,
        state,
        vfs: [
          { pciAddress: vfs[0], vnicId: 'v0' },
          { pciAddress: vfs[1], vnicId: 'v1' },
        ],
      });
      await start(machine, [vfInterface(vfs[0]), vfInterface(vfs[1], { n: 1 })]);
      expect(await guests.domains()).toEqual([listed('paused')]);
      await machine.passing(guests.resume(VM, DEADLINE_MS));
      expect(await guests.domains()).toEqual([listed('running')]);
    });

    it('F25: sets MAC and VLAN of a VF itself, and sets what was there before when the domain is gone', async (machine) => {
      const { guests, vfs, passing } = machine;
      const [vf] = vfs;
      await guests.setVf(vf, { mac: '52:54:00:00:00:7a', vlanId: 7 });
      const before = (await guests.lookAtVf(vf))?.settings;
      const other = (await guests.lookAtVf(vfs[1]))?.settings;
      await start(machine, [vfInterface(vf, { vlanId: 100 })]);
      expect((await guests.lookAtVf(vf))?.settings).toEqual({ ...before, mac: '52:54:00:00:00:00', vlanId: 100 });
      await guests.setVf(vf, { mac: '52:54:00:00:00:7b', vlanId: 300 });
      expect(await passing(guests.destroy(VM, DEADLINE_MS))).toEqual({ kind: 'done' });
      expect(await guests.domains()).toEqual([]);
      expect((await guests.lookAtVf(vf))?.settings).toEqual(before);
      expect((await guests.lookAtVf(vfs[1]))?.settings).toEqual(other);
      await guests.setVf(vf, { vlanId: 0 });
    });

    it('starts none with a VF that is bound to its network driver', async (machine) => {
      const { guests, vfs, passing } = machine;
      await passing(guests.bindVf(vfs[0], 'network', DEADLINE_MS));
      const before = await guests.lookAtVf(vfs[0]);
      expect(await start(machine, [vfInterface(vfs[1], { n: 1 }), vfInterface(vfs[0])])).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining(vfs[0]),
      });
      expect(await guests.domains()).toEqual([]);
      expect(await guests.lookAtVf(vfs[0])).toEqual(before);
    });

    it('gives no VF to two domains', async (machine) => {
      const { guests, vfs, passing } = machine;
      await start(machine, [vfInterface(vfs[0])]);
      const failed = { kind: 'failed', message: expect.stringMatching(`${vfs[0]}.*domain ${VM}`) };
      expect(await start(machine, [vfInterface(vfs[0])], { id: 'vm-2' })).toMatchObject(failed);
      await start(machine, [vfInterface(vfs[1])], { id: 'vm-2' });
      const second = passing(guests.attach('vm-2', vfInterface(vfs[0], { n: 1 }), DEADLINE_MS));
      expect(await second).toMatchObject(failed);
      expect(await guests.interfacesOf('vm-2')).toHaveLength(1);
    });

    it('starts no second domain of a VM', async (machine) => {
      await start(machine, [vfInterface(machine.vfs[0])]);
      expect(await start(machine, [vfInterface(machine.vfs[1])])).toMatchObject({ kind: 'failed' });
      expect(await machine.guests.domains()).toHaveLength(1);
    });

    it('keeps the address inside the guest that it is told, and else gives one', async (machine) => {
      const { guests, vfs } = machine;
      const told = { vnicId: 'v1', guestPciAddress: '0000:00:09.0' };
      await start(machine, [vfInterface(vfs[0]), vfInterface(vfs[1], { n: 1, ...told })]);
      expect(await guests.interfacesOf(VM)).toEqual([
        { vnicId: 'v0', guestPciAddress: expect.stringMatching(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/) },
        told,
      ]);
    });

    it('unplugs from a guest and plugs again at the same address', async (machine) => {
      const { guests, vfs, passing } = machine;
      await run(machine, [vfInterface(vfs[0]), vfInterface(vfs[1], { n: 1 })]);
      const before = await guests.interfacesOf(VM);
      expect(await passing(guests.detach(VM, 'v0', DEADLINE_MS))).toEqual({ kind: 'done' });
      expect((await guests.domains())[0]?.vfs).toEqual([{ pciAddress: vfs[1], vnicId: 'v1' }]);
      expect(await passing(guests.detach(VM, 'v0', DEADLINE_MS))).toEqual({ kind: 'done' });
      const guestPciAddress = before?.find(({ vnicId }) => vnicId === 'v0')?.guestPciAddress ?? null;
      const again = passing(guests.attach(VM, { ...vfInterface(vfs[0]), guestPciAddress }, DEADLINE_MS));
      expect(await again).toEqual({ kind: 'done', guestPciAddress });
      expect((await guests.interfacesOf(VM))?.toSorted(byVnic)).toEqual(before?.toSorted(byVnic));
    });

    it('shuts a guest down', async (machine) => {
      const { guests, vfs, passing } = machine;
      await run(machine, [vfInterface(vfs[0])]);
      expect(await passing(guests.shutDown(VM, DEADLINE_MS))).toEqual({ kind: 'done' });
      expect(await guests.domains()).toEqual([]);
    });

    it('has nothing to end where no domain is, and nothing to change', async ({ guests, passing, vfs: [vf] }) => {
      expect(await passing(guests.destroy(VM, DEADLINE_MS))).toEqual({ kind: 'done' });
      expect(await passing(guests.shutDown(VM, DEADLINE_MS))).toEqual({ kind: 'done' });
      expect(await passing(guests.resume(VM, DEADLINE_MS))).toMatchObject({ kind: 'failed' });
      expect(await passing(guests.attach(VM, vfInterface(vf), DEADLINE_MS))).toMatchObject({ kind: 'failed' });
      expect(await passing(guests.detach(VM, 'v0', DEADLINE_MS))).toMatchObject({ kind: 'failed' });
      expect(await passing(guests.migrate(VM, { id: 'b', name: 'b' }, DEADLINE_MS))).toMatchObject({ kind: 'failed' });
      expect(await guests.interfacesOf(VM)).toBeUndefined();
      await guests.adopt(VM, { placementId: 'p', attempt: 2 });
    });

    it('moves none that has a VF, and none to where nobody answers', async (machine) => {
      const { guests, vfs, passing } = machine;
      await run(machine, [vfInterface(vfs[0])]);
      const nowhere = { id: 'nowhere', name: 'nowhere.invalid' };
      expect(await passing(guests.migrate(VM, nowhere, DEADLINE_MS))).toMatchObject({ kind: 'failed' });
      await passing(guests.detach(VM, 'v0', DEADLINE_MS));
      expect(await passing(guests.migrate(VM, nowhere, DEADLINE_MS))).toMatchObject({ kind: 'failed' });
      expect(await guests.domains()).toMatchObject([{ vmId: VM, state: 'running' }]);
    });

    it('knows an adopted domain as what it was adopted for', async (machine) => {
      const { guests } = machine;
      await start(machine, []);
      await guests.adopt(VM, { placementId: 'the next one', attempt: 7 });
      expect(await guests.domains()).toMatchObject([{ vmId: VM, placementId: 'the next one', attempt: 7 }]);
    });

    it('calls a watcher when a domain comes and goes, and no more after it stopped', async (machine) => {
      const { guests, passing } = machine;
      let calls = 0;
      let awaited = Promise.withResolvers<void>();
      const stop = guests.watch(() => {
        calls++;
        awaited.resolve();
      });
      await start(machine, []);
      await passing(awaited.promise);
      awaited = Promise.withResolvers<void>();
      await passing(guests.destroy(VM, DEADLINE_MS));
      await passing(awaited.promise);
      stop();
      const before = calls;
      await start(machine, []);
      expect(calls).toBe(before);
    });
  });
}

function byVnic(a: { vnicId: string }, b: { vnicId: string }): number {
  return a.vnicId < b.vnicId ? -1 : 1;
}
