import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { Change, Guests, VfSettings } from './guests.ts';

/** What drivers answer while they are in another operation, a reset of the VF among them (i40e, mlx5). */
const BUSY = ['EBUSY', 'EAGAIN'];

const TRIES = 5;
const PAUSE_MS = 200;

/** Sets properties of a VF, and asks a busy driver again, a second at most (F23). Answers how the last try ended. */
export async function setVfPatiently(
  { guests, clock }: { guests: Pick<Guests, 'setVf'>; clock: Clock },
  address: PciAddress,
  settings: Partial<VfSettings>,
): Promise<Change> {
  for (let tried = 1; ; tried++) {
    const change = await guests.setVf(address, settings);
    if (change.kind === 'done' || !BUSY.includes(change.errno) || tried === TRIES) return change;
    await clock.sleep(PAUSE_MS);
  }
}
