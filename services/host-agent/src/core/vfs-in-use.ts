import type { NicReport, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import { hostUseReasons, type VfReason, vfReason } from '@vfleet/contracts/vocabulary/vf-in-use';
import type { Fence } from './vf-fence.ts';

/** What tells whether a VF was prepared for a virtual machine in this boot and not cleaned since. */
type KeptClaim = Pick<Fence, 'fence' | 'cleaned'>;

/** A VF that forbids a change of its PF's number of VFs, and everything that holds it. */
export type VfInUse = { pciAddress: string; reasons: VfReason[] };

/**
 * The VFs in use as this host knows it: what sits on them or has them open, and the ones prepared for a virtual machine
 * and not cleaned since. A missing netdev or a shared IOMMU group is no use. In index order, empty when all are idle.
 */
export function vfsInUse(
  vfs: readonly VfReport[],
  nics: readonly NicReport[],
  fences: ReadonlyMap<string, KeptClaim>,
): VfInUse[] {
  const nicsOf = Map.groupBy(nics, ({ pciAddress }) => pciAddress);
  return vfs
    .toSorted((a, b) => a.index - b.index)
    .map((vf) => ({
      pciAddress: vf.pciAddress,
      reasons: [...claimReasons(fences.get(vf.pciAddress)), ...hostUseReasons(vf, nicsOf.get(vf.pciAddress) ?? [])],
    }))
    .filter(({ reasons }) => reasons.length > 0);
}

function claimReasons(fence: KeptClaim | undefined): VfReason[] {
  return fence && !fence.cleaned ? [vfReason('CLAIMED', `fence ${fence.fence}`)] : [];
}
