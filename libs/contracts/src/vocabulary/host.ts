import { z } from 'zod';
import { Diagnosis } from './health.ts';
import { Named } from './ids.ts';

const HostStatus = z.enum(['up', 'down', 'maintenance', 'non_operational']);

/** One place where ledger, host and hypervisor differ: what each says, since when, and what is or can be done. */
const HostDifference = z.object({
  code: z.string(),
  text: z.string(),
  remedy: z.string(),
  pci_address: z.string().nullable(),
  since: z.string(),
});

/** A host as the API shows it. `last_report_error` is set while the newest report could not be taken over. */
export const Host = z.object({
  id: z.string(),
  name: z.string(),
  status: HostStatus,
  status_since: z.string().nullable(),
  cluster: Named,
  agent: z.object({ version: z.string().nullable(), last_seen: z.string().nullable() }),
  iommu: z.boolean().nullable(),
  pfs: z.int(),
  vfs: z.int(),
  vfs_in_use: z.int(),
  free_vfs: z.int(),
  unhealthy_pfs: z.int().describe('Physical functions whose virtual functions are not given out.'),
  last_report_error: z
    .object({ device: z.string().nullable(), field: z.string().nullable(), detail: z.string() })
    .nullable(),
  orphans: z.array(z.string()),
  problems: z.array(Diagnosis).describe('What the machine lacks for handing virtual functions to virtual machines.'),
  differences: z
    .array(HostDifference)
    .describe('Where the ledger, what the host reports and what its hypervisor holds do not agree.'),
});
export type Host = z.infer<typeof Host>;
