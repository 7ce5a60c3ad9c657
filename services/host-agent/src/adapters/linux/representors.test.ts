import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetLink } from './net-links.ts';
import type { PciDevice } from './pci-devices.ts';
import { isRepresentor, representedVf } from './representors.ts';

const PF0 = '0000:03:00.0';
const PF1 = '0000:03:00.1';
const PLAIN = '0000:04:00.0';

function device(address: string, isPf: boolean): PciDevice {
  return {
    address,
    ...{ parent: null, class: '0x020000', vendorId: '0x15b3', deviceId: '0x101d', driver: 'mlx5_core' },
    ...{ iommuGroup: null, numaNode: null, netdevs: ['eth0'], vfioDevices: [], physfn: null },
    sriov: isPf ? { totalVfs: 8, autoprobe: true, vfDeviceId: null, vfs: [] } : null,
  };
}

function link(port: Pick<NetLink, 'phys_port_name' | 'phys_switch_id'>): NetLink {
  return { ifindex: 1, ifname: 'eth0', flags: [], mtu: 1500, altnames: [], addr_info: [], ...port };
}

const ALL = [device(PF0, true), device(PF1, true), device(PLAIN, false)];
const DEVICES = new Map(ALL.map((each) => [each.address, each]));

/** What a netdev in the folder of a device stands for. */
function represented(phys_port_name: string, holder: string | null = PF0) {
  const found = holder === null ? undefined : DEVICES.get(holder);
  const holderOf = new Map(found ? [['eth0', found]] : []);
  return representedVf(link({ phys_port_name, phys_switch_id: '1' }), { holderOf, devices: DEVICES });
}

describe('a representor', () => {
  it.each([
    ['of a VF', { phys_port_name: 'pf0vf12' }, true],
    ['of a VF, by sfc', { phys_port_name: 'p0pf0vf3' }, true],
    ['of a VF, by mlx5 before Linux 5.4', { phys_port_name: '3', phys_switch_id: '1' }, true],
    ['of a VF of the server, on a DPU', { phys_port_name: 'c1pf0vf1', phys_switch_id: '1' }, true],
    ['of a PF', { phys_port_name: 'pf0', phys_switch_id: '1' }, true],
    ['of a sub-function', { phys_port_name: 'pf0sf88', phys_switch_id: '1' }, true],
    ['no: the PF itself', { phys_port_name: 'p0', phys_switch_id: '1' }, false],
    ['no: a split port', { phys_port_name: 'p0s1', phys_switch_id: '1' }, false],
    ['no: a port with a number, without a switch', { phys_port_name: '3' }, false],
    ['no: what is named so alone', {}, false],
  ])('%s', (_, port, expected) => expect(isRepresentor(link(port))).toBe(expected));
});

describe('what a representor stands for', () => {
  it.each([
    ['a VF of the PF in whose folder it lies', 'pf0vf3', PF0, { pfAddress: PF0, vfIndex: 3 }],
    ['a VF of the other PF, which the first manages', 'pf1vf3', PF0, { pfAddress: PF1, vfIndex: 3 }],
    ['a VF of that PF, where there is no function of that number', 'pf5vf3', PF1, { pfAddress: PF1, vfIndex: 3 }],
    ['a VF by its index alone', '12', PF1, { pfAddress: PF1, vfIndex: 12 }],
    ['nothing here: a VF of another computer', 'c1pf0vf3', PF0, null],
    ['no VF: a sub-function', 'pf0sf3', PF0, null],
    ['no VF: a PF', 'pf0', PF0, null],
    ['nothing known: it lies in the folder of no PF', 'pf0vf3', PLAIN, null],
    ['nothing known: it lies in no folder', 'pf0vf3', null, null],
  ])('%s', (_, name, holder, expected) => expect(represented(name, holder)).toEqual(expected));

  it('is a PF of the same card and an index, or nothing, whatever a driver calls its ports', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(c\d)?(p\d)?pf\d{1,3}(vf\d{1,4}|sf\d)?$/)), (name) => {
        const found = represented(name);
        if (found === null) return;
        expect([PF0, PF1]).toContain(found.pfAddress);
        expect(found.vfIndex).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
