import type { ChangeFailure } from '@vfleet/contracts/vocabulary/host-report';

export type BindTarget = 'vfio-pci' | 'network';

type Why = { because: string; remedy: string };

const LET_GO: Why = {
  because: 'the kernel has not let go of it in time',
  remedy:
    'See which process has it open (fuser -v /dev/vfio/*) and end that; the kernel then goes on by itself. See dmesg when there is none.',
};

/** What an errno says of a bind, where it says something of its own. */
const WHY: Record<BindTarget, Record<string, Why>> = {
  'vfio-pci': {
    ETIMEDOUT: LET_GO,
    EINVAL: {
      because: 'it is in no IOMMU group',
      remedy: 'Enable the IOMMU in the BIOS (VT-d, AMD-Vi) and in the kernel (intel_iommu=on), and boot.',
    },
    ENOENT: {
      because: 'this kernel has no vfio-pci driver, or cannot load it',
      remedy: "Load it (modprobe vfio-pci) and see what is said; it comes with the distribution's kernel modules.",
    },
  },
  network: { ETIMEDOUT: LET_GO },
};

const OTHERWISE: Record<BindTarget, string> = {
  'vfio-pci':
    'Load vfio-pci (modprobe vfio-pci), enable the IOMMU in BIOS and kernel (intel_iommu=on), and look at dmesg.',
  network:
    "Load the driver of the virtual functions (modprobe), look at dmesg, and bind it by hand: echo the address into the driver's bind file.",
};

/** Cause and remedy of a driver that could not be given to a VF, or was not there afterwards. */
export function explainBindFailure(
  failed: { vf: string; to: BindTarget } & (
    | { kind: 'bind-refused'; errno: string }
    | { kind: 'bound-otherwise'; driver: string | null }
  ),
): ChangeFailure {
  const { vf, to } = failed;
  const wanted = to === 'vfio-pci' ? 'vfio-pci' : 'its network driver';
  if (failed.kind === 'bound-otherwise') {
    const cause = `${vf} is bound to ${failed.driver ?? 'no driver'} after it was bound to ${wanted}`;
    return { code: 'BOUND_OTHERWISE', cause, remedy: OTHERWISE[to] };
  }
  const { errno } = failed;
  const why = WHY[to][errno];
  const cause = `${vf} could not be bound to ${wanted}${why ? `: ${why.because}` : ''} (${errno})`;
  return { code: errno, cause, remedy: why?.remedy ?? OTHERWISE[to] };
}
