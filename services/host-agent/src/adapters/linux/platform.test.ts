import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { kernelFilesOf } from '../../testing/kernel-files-of.ts';
import { passing } from '../../testing/passing.ts';
import type { PciDevice } from './pci-devices.ts';
import { pciNames } from './pci-names.ts';
import { platformFacts } from './platform.ts';

const HUB = '0000:00:00.0';
const NAMES = pciNames('8086  Intel Corporation\n\t3403  5500 I/O Hub to ESI Port\n');

function hub(deviceId: string, vendorId = '0x8086'): PciDevice {
  return {
    ...{ address: HUB, parent: null, class: '0x060000', vendorId, deviceId, driver: null, iommuGroup: null },
    ...{ numaNode: null, netdevs: null, vfioDevices: [], physfn: null, sriov: null },
  };
}

function around(texts: Record<string, string>) {
  return { files: kernelFilesOf(texts), clock: virtualClock() };
}

function platformOf(texts: Record<string, string>, devices: PciDevice[] = [], hypervisor: string | null = null) {
  return platformFacts({ ...around(texts), hypervisor: async () => hypervisor })({ devices, names: NAMES });
}

describe('interrupt remapping', () => {
  const remapping = async (chips: string[]) => {
    const texts = chips.map((chip, irq) => [`sys/kernel/irq/${irq}/chip_name`, chip] as const);
    return (await platformOf(Object.fromEntries(texts))).interruptRemapping;
  };

  it.each([
    ['on', ['IR-IO-APIC', 'DMAR-MSI'], true],
    ['on, in a guest', ['', 'DMAR-MSI', 'vIR-PCI-MSIX-0000:05:00.0'], true],
    ['on, by the ITS of arm64', ['GICv3', 'ITS-PCI-MSIX-0000:05:00.0'], true],
    ['off', ['IO-APIC', 'PCI-MSIX-0000:05:00.0'], false],
    ['off, with an IOMMU of its own interrupts', ['DMAR-MSI', 'PCI-MSI-0000:05:00.0'], false],
    ['not told by other machines', ['GICv2m', 'xen-pirq'], null],
    ['not told without interrupts', [], null],
  ])('is %s', async (_, chips, expected) => expect(await remapping(chips)).toBe(expected));

  it('is looked for once, and again while it could not be told', async () => {
    const texts: Record<string, string> = {};
    const platform = platformFacts({ ...around(texts), hypervisor: async () => null });
    const look = async () => (await platform({ devices: [], names: NAMES })).interruptRemapping;
    expect(await look()).toBeNull();
    texts['sys/kernel/irq/0/chip_name'] = 'IR-IO-APIC';
    expect(await look()).toBe(true);
    delete texts['sys/kernel/irq/0/chip_name'];
    expect(await look()).toBe(true);
  });
});

describe('unsafe interrupts', () => {
  const parameter = 'sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts';

  it.each([
    ['allowed', { [parameter]: 'Y' }, true],
    ['not allowed', { [parameter]: 'N' }, false],
    ['as the module says, not as the command line did', { [parameter]: 'N', cmdline: '=1' }, false],
    ['allowed once the module is loaded', { cmdline: '=1' }, true],
    ['not allowed once the module is loaded', { cmdline: '=0' }, false],
    ['not told while nothing says it', {}, null],
  ])('are %s', async (_, { cmdline, ...texts }: Record<string, string>, expected) => {
    const word = cmdline ? ` vfio-iommu-type1.allow-unsafe-interrupts${cmdline}` : '';
    const platform = await platformOf({ ...texts, 'proc/cmdline': `root=/dev/sda1${word} quiet` });
    expect(platform.unsafeInterruptsAllowed).toBe(expected);
  });
});

describe('a broken chipset', () => {
  const chipset = async (deviceId: string, revision: string, vendorId?: string) =>
    (await platformOf({ [`sys/bus/pci/devices/${HUB}/revision`]: revision }, [hub(deviceId, vendorId)])).brokenChipset;

  it.each([
    ['0x3403', '0x13', '[8086:3403] (rev 13)'],
    ['0x3406', '0x13', '[8086:3406] (rev 13)'],
    ['0x3405', '0x12', '[8086:3405] (rev 12)'],
    ['0x3405', '0x13', '[8086:3405] (rev 13)'],
    ['0x3405', '0x22', '[8086:3405] (rev 22)'],
  ])('is %s of revision %s', async (deviceId, revision, expected) => {
    expect(await chipset(deviceId, revision)).toContain(expected);
  });

  it('is named as lspci names it', async () => {
    expect(await chipset('0x3403', '0x13')).toBe('Intel Corporation 5500 I/O Hub to ESI Port [8086:3403] (rev 13)');
  });

  it.each([
    ['a later revision', '0x3403', '0x22', undefined],
    ['another hub', '0x3404', '0x13', undefined],
    ['another vendor', '0x3403', '0x13', '0x15b3'],
    ['a revision that cannot be read', '0x3403', 'x', undefined],
  ])('is not %s', async (_, deviceId, revision, vendorId) => {
    expect(await chipset(deviceId, revision, vendorId)).toBeNull();
  });
});

it('names kernel and hypervisor', async () => {
  expect(await platformOf({ 'proc/sys/kernel/osrelease': '6.12.107' }, [], 'libvirt 11.3.0')).toMatchObject({
    kernel: '6.12.107',
    hypervisor: 'libvirt 11.3.0',
  });
});

it('does not wait for a hypervisor that hangs', async () => {
  const clock = virtualClock();
  const platform = platformFacts({ files: kernelFilesOf({}), hypervisor: () => new Promise(() => {}), clock });
  expect(await passing(clock, platform({ devices: [], names: NAMES }))).toMatchObject({ hypervisor: null });
});
