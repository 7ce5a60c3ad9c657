import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { AtomicFiles } from './atomic-files.ts';
import { stateFiles } from './state-files.ts';

/**
 * Forgets all that is kept of one PF, readable or not: it is unmanaged from then on and nothing is restored or taken
 * back. Its VFs stay as they are. Answers whether a number was kept.
 */
export async function forgetPf({ files, address }: { files: AtomicFiles; address: PciAddress }): Promise<boolean> {
  const state = stateFiles(files);
  const wasManaged = (await state.managed()).includes(address);
  await state.unpersist(address);
  await state.closeJournal(address);
  await state.forgetSettlement(address);
  await state.forgetUnsupported(address);
  return wasManaged;
}
