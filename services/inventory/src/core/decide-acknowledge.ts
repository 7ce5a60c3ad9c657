import type { Refusal } from '@vfleet/contracts/refusals';
import { findVfsConfig } from './find-nic.ts';
import { withHealth } from './health-shift.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { withVfsConfig } from './ledger-change.ts';

/**
 * Takes the PCIe errors that a PF has counted so far as dealt with. The same ledger when they are already, or none is
 * counted.
 */
export function decideAcknowledge(
  ledger: Ledger,
  ref: { nic: string; vfsConfig: string },
  now: string,
): { ok: true; ledger: Ledger; config: LedgerVfsConfig } | { ok: false; refusals: Refusal[] } {
  const found = findVfsConfig(ledger, ref);
  if (!found.ok) return found;
  const { config } = found;
  const { pcieErrors, acknowledged } = config.health;
  if (pcieErrors === null || (pcieErrors.fatal === acknowledged.fatal && pcieErrors.nonFatal === acknowledged.nonFatal))
    return { ok: true, ledger, config };
  const dealtWith = {
    ...config,
    health: { ...config.health, acknowledged: pcieErrors },
    revision: config.revision + 1,
  };
  const next = withHealth(withVfsConfig(ledger, dealtWith), now);
  return { ok: true, ledger: next, config: next.vfsConfigs.find(({ id }) => id === config.id) ?? dealtWith };
}
