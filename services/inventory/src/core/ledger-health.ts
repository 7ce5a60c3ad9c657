import { NO_PCIE_ERRORS } from '@vfleet/contracts/vocabulary/health';
import { PcieErrors, PfHealth } from '@vfleet/contracts/vocabulary/host-report';
import type { z } from 'zod';

/** What a host shows of the health of a PF, and which PCIe errors of it an administrator has dealt with. */
export const LedgerHealth = PfHealth.extend({ acknowledged: PcieErrors }).default({
  carrier: null,
  pcieErrors: null,
  acknowledged: NO_PCIE_ERRORS,
});
export type LedgerHealth = z.infer<typeof LedgerHealth>;
