import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { Host } from './host.ts';

/**
 * Waits until no writer of a PF is alive, of this or of an earlier process; answers whether that came about within
 * `limitMs` and before `isStopped`.
 */
export async function writerEnds(
  { host, clock }: { host: Pick<Host, 'writerAlive'>; clock: Clock },
  address: PciAddress,
  { limitMs, pollMs, isStopped = () => false }: { limitMs: number; pollMs: number; isStopped?: () => boolean },
): Promise<boolean> {
  const end = clock.now() + limitMs;
  while (await host.writerAlive(address)) {
    if (clock.now() >= end || isStopped()) return false;
    await clock.sleep(pollMs);
  }
  return true;
}
