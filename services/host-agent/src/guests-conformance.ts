import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { describe, expect } from 'vitest';
import type { Guests, VfSettings } from './guests.ts';
import { testsOf } from './testing/tests-of.ts';

/** A machine to try a Guests adapter on. */
export type GuestsUnderTest = {
  guests: Guests;
  /** Two VFs of one PF that is up, bound to their network driver, with netdevs, used by nobody. */
  vfs: readonly [PciAddress, PciAddress];
  /** A guest that shuts down and unplugs when it is asked; null where the machine itself makes one. */
  domainXml: string | null;
  /** Waits for a promise while the machine's time passes: on a real one a plain await. */
  passing: <Value>(promise: Promise<Value>) => Promise<Value>;
  close(): Promise<void>;
};

/** What preparing needs of one: the part of the port that is about VFs. */
export type PreparingUnderTest = Omit<GuestsUnderTest, 'guests' | 'domainXml'> & {
  guests: Pick<Guests, 'lookAtVf' | 'setVf' | 'bindVf'>;
};

const ABSENT = '0000:fe:1f.7';
const DEADLINE_MS = 60_000;

/** Values that every kernel takes for the property, were its driver able to. */
const LEGAL: readonly Partial<VfSettings>[] = [
  { mac: '52:54:00:00:00:77' },
  { vlanId: 100, vlanQos: 3, vlanProtocol: '802.1Q' },
  { vlanId: 100, vlanQos: 0, vlanProtocol: '802.1ad' },
  { spoofCheck: true },
  { spoofCheck: false },
  { trust: true },
  { linkState: 'enable' },
  { minTxRate: 0, maxTxRate: 100 },
  { minTxRate: 50, maxTxRate: 100 },
];

/** How VFs are prepared: what `ip link` and sysfs do. The VFs are left as they were, but for their MACs. */
export function describePreparing(name: string, open: () => Promise<PreparingUnderTest>): void {
  describe(`${name} prepares VFs`, () => {
    const it = testsOf(open);

    it('tells driver, netdev and all settings of a VF', async ({ guests, vfs: [vf] }) => {
      const seen = await guests.lookAtVf(vf);
      expect(seen).toMatchObject({ pciAddress: vf, driver: expect.any(String), netdev: expect.any(String) });
      expect(seen?.settings).toMatchObject({ mac: expect.stringMatching(/^([0-9a-f]{2}:){5}/), vlanId: 0, vlanQos: 0 });
    });

    it('knows no VF where there is none', async ({ guests }) => {
      expect(await guests.lookAtVf(ABSENT)).toBeUndefined();
      expect(await guests.setVf(ABSENT, { vlanId: 100 })).toMatchObject({ kind: 'errno' });
      expect(await guests.bindVf(ABSENT, 'vfio-pci', DEADLINE_MS)).toMatchObject({ kind: 'errno' });
    });

    it('F28: sets each property, or refuses it with an errno and leaves all as it was', async ({ guests, vfs }) => {
      for (const wanted of LEGAL) {
        const before = (await guests.lookAtVf(vfs[0]))?.settings;
        const change = await guests.setVf(vfs[0], wanted);
        const after = (await guests.lookAtVf(vfs[0]))?.settings;
        if (change.kind === 'done') expect(after).toEqual({ ...before, ...wanted });
        else {
          expect(change.errno, JSON.stringify(wanted)).toMatch(/^(EOPNOTSUPP|EPROTONOSUPPORT|EINVAL)$/);
          expect(after).toEqual(before);
        }
      }
    });

    it('F46: sets what one VF has, and not the other', async ({ guests, vfs }) => {
      const other = await guests.lookAtVf(vfs[1]);
      expect(await guests.setVf(vfs[0], { mac: '52:54:00:00:00:78', vlanId: 200 })).toEqual({ kind: 'done' });
      expect(await guests.lookAtVf(vfs[1])).toEqual(other);
      expect((await guests.lookAtVf(vfs[0]))?.settings).toMatchObject({ mac: '52:54:00:00:00:78', vlanId: 200 });
    });

    it('sets id, QoS and protocol of a VLAN together', async ({ guests, vfs: [vf] }) => {
      await guests.setVf(vf, { vlanId: 100, vlanQos: 5, vlanProtocol: '802.1Q' });
      expect(await guests.setVf(vf, { vlanId: 200 })).toEqual({ kind: 'done' });
      expect((await guests.lookAtVf(vf))?.settings).toMatchObject({ vlanId: 200, vlanQos: 0 });
      expect(await guests.setVf(vf, { vlanId: 0 })).toEqual({ kind: 'done' });
      expect((await guests.lookAtVf(vf))?.settings).toMatchObject({ vlanId: 0, vlanQos: 0 });
    });

    it('leaves what is null, and takes a VLAN that no network may have', async ({ guests, vfs: [vf] }) => {
      const before = (await guests.lookAtVf(vf))?.settings;
      expect(await guests.setVf(vf, { mac: null, vlanId: null, trust: null })).toEqual({ kind: 'done' });
      expect((await guests.lookAtVf(vf))?.settings).toEqual(before);
      expect(await guests.setVf(vf, { vlanId: 4095 })).toEqual({ kind: 'done' });
    });

    it.each([{ mac: '01:00:5e:00:00:01' }, { mac: 'ff:ff:ff:ff:ff:ff' }, { vlanId: 5, vlanQos: 8 }])(
      'refuses %o',
      async ({ guests, vfs: [vf] }, wanted) => {
        const before = await guests.lookAtVf(vf);
        expect(await guests.setVf(vf, wanted)).toEqual({ kind: 'errno', errno: 'EINVAL' });
        expect(await guests.lookAtVf(vf)).toEqual(before);
      },
    );

    it('hides the netdev of a VF bound to vfio-pci, and brings it back with the MAC that was set', async (machine) => {
      const { guests, passing, vfs } = machine;
      const [vf] = vfs;
      const before = await guests.lookAtVf(vf);
      await guests.setVf(vf, { mac: '52:54:00:00:00:79' });
      for (const _ of ['first', 'again']) {
        expect(await passing(guests.bindVf(vf, 'vfio-pci', DEADLINE_MS))).toEqual({ kind: 'done' });
        expect(await guests.lookAtVf(vf)).toMatchObject({ driver: 'vfio-pci', netdev: null });
      }
      expect((await guests.lookAtVf(vf))?.settings.mac).toBe('52:54:00:00:00:79');
      for (const _ of ['first', 'again']) {
        expect(await passing(guests.bindVf(vf, 'network', DEADLINE_MS))).toEqual({ kind: 'done' });
        expect(await guests.lookAtVf(vf)).toMatchObject({ driver: before?.driver, netdev: before?.netdev });
      }
      expect((await guests.lookAtVf(vf))?.settings.mac).toBe('52:54:00:00:00:79');
    });
  });
}
