import type { Platform } from '@vfleet/contracts/vocabulary/host-report';
import type { Clock } from '@vfleet/process/clock';
import { within } from '../../within.ts';
import type { KernelFiles } from './kernel-files.ts';
import type { PciDevice } from './pci-devices.ts';
import type { PciNames } from './pci-names.ts';

const PARAMETER = 'vfio_iommu_type1.allow_unsafe_interrupts';

/** A scan does not wait for a hypervisor longer than this: one that hangs is as one that is away. */
const HYPERVISOR_MS = 2_000;

/**
 * I/O hubs of the Intel 5500, 5520 and X58 whose interrupt remapping is broken, with the revisions: as the kernel has
 * them (arch/x86/kernel/early-quirks.c, intel_remapping_check), which are those of the feature page and older ones.
 */
const BROKEN: Record<string, (revision: number) => boolean> = {
  '0x3403': (revision) => revision <= 0x13,
  '0x3405': (revision) => revision <= 0x13 || revision === 0x22,
  '0x3406': (revision) => revision <= 0x13,
};

/**
 * What the machine offers to guests, from sysfs and proc. Whether interrupts are remapped does not change while a
 * machine runs, and is found out once: on a large one thousands of interrupts would be looked through.
 */
export function platformFacts({
  files,
  hypervisor,
  clock,
}: {
  files: KernelFiles;
  hypervisor: () => Promise<string | null>;
  clock: Clock;
}): (seen: { devices: readonly PciDevice[]; names: PciNames }) => Promise<Platform> {
  let remapping: boolean | null = null;
  return async ({ devices, names }) => {
    const version = within(clock, HYPERVISOR_MS, hypervisor());
    remapping ??= await interruptRemapping(files);
    const answered = await version;
    return {
      kernel: files.now.text('proc/sys/kernel/osrelease') ?? null,
      interruptRemapping: remapping,
      unsafeInterruptsAllowed: unsafeInterruptsAllowed(files),
      brokenChipset: brokenChipset(files, devices, names),
      hypervisor: answered.inTime ? answered.value : null,
    };
  };
}

/**
 * By the names of interrupt chips, the only place where current kernels tell it: x86 puts `IR-` (`vIR-` in a guest)
 * before those whose interrupts are remapped; GIC's ITS of arm64 tells devices apart by itself. Null on other machines.
 */
async function interruptRemapping(files: KernelFiles): Promise<boolean | null> {
  for (const irq of files.now.names('sys/kernel/irq') ?? []) {
    const chip = (await files.text(`sys/kernel/irq/${irq}/chip_name`)) ?? '';
    if (/^v?IR-/.test(chip) || chip.startsWith('ITS-')) return true;
    if (/^(IO-APIC|PCI-MSI)/.test(chip)) return false;
  }
  return null;
}

/** As the module has it; while it is not loaded, as the kernel's command line will set it. */
function unsafeInterruptsAllowed({ now }: KernelFiles): boolean | null {
  const value = now.text(`sys/module/${PARAMETER.replace('.', '/parameters/')}`);
  if (value !== undefined) return value === 'Y';
  const commandLine = now.text('proc/cmdline') ?? '';
  const set = commandLine.split(/\s+/).findLast((word) => word.replaceAll('-', '_').startsWith(`${PARAMETER}=`));
  return set === undefined ? null : /=([1y]|on)/i.test(set);
}

function brokenChipset({ now }: KernelFiles, devices: readonly PciDevice[], names: PciNames): string | null {
  for (const { address, vendorId, deviceId } of devices) {
    const isBroken = vendorId === '0x8086' ? BROKEN[deviceId] : undefined;
    const revision = isBroken && Number(now.text(`sys/bus/pci/devices/${address}/revision`) ?? Number.NaN);
    if (revision === undefined || !isBroken?.(revision)) continue;
    const name = [names.vendor(vendorId), names.product(vendorId, deviceId)].filter((part) => part !== null).join(' ');
    const ids = `[${vendorId.slice(2)}:${deviceId.slice(2)}] (rev ${revision.toString(16).padStart(2, '0')})`;
    return [name || 'chipset', ids].join(' ');
  }
  return null;
}
