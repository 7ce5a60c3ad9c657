import { describe, expect } from 'vitest';
import type { HostUnderTest } from './host-conformance.ts';
import { testsOf } from './testing/tests-of.ts';

const ABSENT = '0000:fe:1f.7';
const DEADLINE_MS = 30_000;

/** What the kernel does with the MTU of a PF: on a real one or a simulated one, which is left as it was. */
export function describeMtu(name: string, open: () => Promise<HostUnderTest>): void {
  describe(`${name} sets MTUs as the kernel does`, () => {
    const it = testsOf(open);
    const mtuOf = async ({ host, pf }: HostUnderTest) => (await host.nicsOf([pf])).toSorted(byName)[0]?.mtu;

    it('gives a PF another MTU, and the earlier one again', async (machine) => {
      const before = (await mtuOf(machine)) ?? 0;
      expect(await machine.host.setPfMtu(machine.pf, before + 100)).toEqual({ kind: 'set' });
      expect(await mtuOf(machine)).toBe(before + 100);
      expect(await machine.host.setPfMtu(machine.pf, before)).toEqual({ kind: 'set' });
      expect(await mtuOf(machine)).toBe(before);
    });

    it.each([67, 65_536])('refuses %s, which is out of the range of any driver', async (machine, mtu) => {
      const before = await mtuOf(machine);
      expect(await machine.host.setPfMtu(machine.pf, mtu)).toMatchObject({ kind: 'errno', errno: 'EINVAL' });
      expect(await mtuOf(machine)).toBe(before);
    });

    it('finds no netdev where there is no PF', async ({ host }) => {
      expect(await host.setPfMtu(ABSENT, 1500)).toEqual({ kind: 'no-netdev' });
    });
  });
}

/** What a PF tells of its VFs' traffic: on a real one or a simulated one, which is left with 0 VFs. */
export function describeCounters(name: string, open: () => Promise<HostUnderTest>): void {
  describe(`${name} tells counters`, () => {
    const it = testsOf(open);

    it('of every VF that exists, and of no other', async ({ host, pf, passing }) => {
      await passing(host.writeNumVfs(pf, 0, DEADLINE_MS));
      expect(await host.vfCounters(pf)).toEqual([]);
      await passing(host.writeNumVfs(pf, 2, DEADLINE_MS));
      const counters = await host.vfCounters(pf);
      expect(counters.map(({ index }) => index)).toEqual([0, 1]);
      for (const { receive, transmit } of counters) {
        for (const count of [receive.bytes, receive.packets, transmit.bytes, transmit.packets]) {
          expect(typeof count === 'number' && count >= 0).toBe(true);
        }
      }
      await passing(host.writeNumVfs(pf, 0, DEADLINE_MS));
    });

    it('of nothing where there is no PF', async ({ host }) => expect(await host.vfCounters(ABSENT)).toEqual([]));
  });
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
