import { isOpen } from '@vfleet/contracts/desired-state';
import type { ChangeProgressed } from '@vfleet/contracts/host-agent';
import type { z } from 'zod';
import type { Ledger } from './ledger.ts';
import { withVfsConfig } from './ledger-change.ts';

/** The ledger with the progress of an open change; undefined when it is of no open change or says nothing new. */
export function decideProgress(
  ledger: Ledger,
  { pciAddress, generation, step, done, total }: z.infer<typeof ChangeProgressed.payload>,
  at: string,
): Ledger | undefined {
  const config = ledger.vfsConfigs.find((known) => known.pciAddress === pciAddress);
  if (!config || !isOpen(config.desired) || config.desired.generation !== generation) return undefined;
  const known = config.progress;
  if (known?.step === step && known.done === done && known.total === total) return undefined;
  return withVfsConfig(ledger, { ...config, progress: { generation, step, done, total, at } });
}
