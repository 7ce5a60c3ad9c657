import type { Diagnosis } from '@vfleet/contracts/vocabulary/health';
import type { Ledger } from './ledger.ts';

type Machine = Pick<Ledger, 'connection' | 'report' | 'platform'>;

/** Something a machine may lack: `text` says what, undefined when it does not. */
type Condition = { code: string; text: (machine: Machine) => string | undefined; remedy: string };

/**
 * Without interrupt remapping a guest can raise any interrupt of the host through a device it was given, so vfio refuses
 * such devices unless an administrator allows it. Where that is allowed nothing is told: it was decided.
 */
const CONDITIONS: readonly Condition[] = [
  {
    code: 'IOMMU_OFF',
    text: ({ report }) =>
      report?.iommu === false ? 'The IOMMU is off, so no virtual function can be given to a guest.' : undefined,
    remedy:
      'Switch on VT-d or AMD-Vi in the BIOS and, on Intel, boot the kernel with intel_iommu=on; then reboot the host.',
  },
  {
    code: 'BROKEN_INTERRUPT_REMAPPING',
    text: ({ report, platform }) =>
      report?.iommu !== false && platform?.brokenChipset != null && platform.unsafeInterruptsAllowed !== true
        ? `The chipset (${platform.brokenChipset}) has broken interrupt remapping, so vfio refuses devices for guests.`
        : undefined,
    remedy:
      'Use another machine, or load vfio with vfio_iommu_type1.allow_unsafe_interrupts=1. That lets guests with a device disturb the host by interrupts: only for guests that are trusted.',
  },
  {
    code: 'NO_INTERRUPT_REMAPPING',
    text: ({ report, platform }) =>
      report?.iommu !== false &&
      platform?.interruptRemapping === false &&
      platform.brokenChipset === null &&
      platform.unsafeInterruptsAllowed !== true
        ? 'Interrupts are not remapped, so vfio refuses devices for guests.'
        : undefined,
    remedy:
      'Switch on interrupt remapping (x2APIC, VT-d) in the BIOS, or load vfio with vfio_iommu_type1.allow_unsafe_interrupts=1. That lets guests with a device disturb the host by interrupts: only for guests that are trusted.',
  },
  {
    code: 'NO_HYPERVISOR',
    text: ({ platform }) =>
      platform && platform.hypervisor === null
        ? 'No hypervisor answers, so no virtual machine is started here. Numbers of virtual functions can be changed all the same.'
        : undefined,
    remedy: 'Install and start libvirt (libvirtd or virtqemud), and let the agent use it (virsh, its socket).',
  },
  {
    code: 'AGENT_TOO_OLD',
    text: ({ connection, report, platform }) =>
      report && !platform
        ? `Its agent (${connection.agentVersion ?? 'of an unknown version'}) does not tell what the machine offers to guests, so that is not looked at.`
        : undefined,
    remedy: 'Install the vfleet-host-agent of the version that the control plane has.',
  },
];

/** What a machine lacks for handing VFs to VMs, with remedies. Nothing is said of one that has not reported. */
export function hostProblems(machine: Machine): Diagnosis[] {
  return CONDITIONS.flatMap(({ code, text, remedy }) => {
    const told = text(machine);
    return told === undefined ? [] : [{ code, text: told, remedy }];
  });
}
