import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import { differencesFrom, type VfSettings } from './core/vf-settings.ts';
import type { VmFailureSeen } from './core/vm-failures.ts';
import type { Guests } from './guests.ts';

const TRIES = 5;
const PAUSE_MS = 200;

/**
 * Reads a VF back until it is as it was set, a second at most: some drivers hand a setting to their firmware and show it
 * only after a while (F23). Answers what differs then; nothing when it is as wanted.
 */
export async function readBackPatiently(
  { guests, clock }: { guests: Pick<Guests, 'lookAtVf'>; clock: Clock },
  vf: PciAddress,
  wanted: VfSettings,
): Promise<VmFailureSeen[]> {
  for (let tried = 1; ; tried++) {
    const seen = await guests.lookAtVf(vf);
    if (!seen) return [{ kind: 'vf-missing', vf }];
    const differences = differencesFrom(wanted, seen.settings);
    if (differences.length === 0) return [];
    if (tried === TRIES) return [{ kind: 'not-read-back', vf, differences }];
    await clock.sleep(PAUSE_MS);
  }
}
