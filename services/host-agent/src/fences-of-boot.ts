import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { type Fence, isOfBoot } from './core/vf-fence.ts';
import type { Host } from './host.ts';
import type { StateFiles } from './state-files.ts';

/**
 * The fences of VFs that may still be as they were prepared. One of an earlier boot of the machine is no use of a VF: the
 * VF was made anew since, and no domain of that boot runs.
 */
export async function fencesOfBoot(
  { host, files }: { host: Pick<Host, 'bootId'>; files: Pick<StateFiles, 'fence'> },
  vfs: readonly { pciAddress: PciAddress }[],
): Promise<Map<PciAddress, Fence>> {
  const fences = await Promise.all(
    vfs.map(async ({ pciAddress }) => [pciAddress, await files.fence(pciAddress)] as const),
  );
  const kept = fences.flatMap(([address, fence]) => (fence ? [[address, fence] as const] : []));
  if (kept.length === 0) return new Map();
  const machineBoot = await host.bootId();
  return new Map(kept.filter(([, fence]) => isOfBoot(fence, machineBoot)));
}
