import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainStartOf, pciAddressAt, pciRankOf } from './pci-rank.ts';

describe('the rank of a PCI address', () => {
  it.each([
    ['0000:00:00.0', 0],
    ['0000:05:10.7', 0x05_87],
    ['0001:05:10.7', 0x1_05_87],
    ['10000:01:00.0', 0x1_0000_01_00],
    ['ffffffff:ff:1f.7', 0xffff_ffff_ff_ff],
  ])('of %s is %d', (address, rank) => {
    expect(pciRankOf(address)).toBe(rank);
    expect(pciAddressAt(rank)).toBe(address);
  });

  it('orders addresses as bus, slot and function do, and names every one of them', () => {
    const routingId = fc.integer({ min: 0, max: 0xff_ff });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x1_ffff }), routingId, routingId, (domain, one, other) => {
        const [low, high] = [one, other].map((id) => domain * 0x1_0000 + id) as [number, number];
        expect(pciRankOf(pciAddressAt(low))).toBe(low);
        expect(pciAddressAt(low) < pciAddressAt(high)).toBe(low < high);
      }),
    );
  });

  it('stands in the domain it names', () => {
    expect(pciAddressAt(domainStartOf(pciRankOf('0003:81:00.1')))).toBe('0003:00:00.0');
  });

  it('is not made up for what is no address', () => {
    expect(() => pciRankOf('eth0')).toThrow('eth0 is no PCI address');
  });
});
