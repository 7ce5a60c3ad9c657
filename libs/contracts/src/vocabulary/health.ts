import { z } from 'zod';
import type { PcieErrors } from './host-report.ts';
import { Named } from './ids.ts';

/** Something that is wrong, for machines and in words, and what cures it. */
export const Diagnosis = z.object({ code: z.string(), text: z.string(), remedy: z.string() });
export type Diagnosis = z.infer<typeof Diagnosis>;

/** `degraded`: something is wrong, and its VFs are given out all the same; `unhealthy`: none of them is. */
export const HealthState = z.enum(['healthy', 'degraded', 'unhealthy']);
export type HealthState = z.infer<typeof HealthState>;

/** How a PF and its VFs are, whom it hits, and the figures this rests on. */
export const VfsConfigHealth = z.object({
  state: HealthState,
  since: z.string().nullable().describe('Since when it is unhealthy.'),
  problems: z.array(Diagnosis),
  vms: z.array(Named).describe('Virtual machines that hold what is concerned; they run on.'),
  carrier: z.boolean().nullable().describe('Null when the host does not tell.'),
  pcie_errors: z
    .object({ correctable: z.int(), non_fatal: z.int(), fatal: z.int() })
    .nullable()
    .describe('As the kernel has counted them since it found the device; null without AER.'),
  acknowledged_pcie_errors: z
    .object({ non_fatal: z.int(), fatal: z.int() })
    .describe('How many of them an administrator has acknowledged.'),
});
export type VfsConfigHealth = z.infer<typeof VfsConfigHealth>;

/** No error at all: what is acknowledged at first. */
export const NO_PCIE_ERRORS: PcieErrors = { correctable: 0, nonFatal: 0, fatal: 0 };
