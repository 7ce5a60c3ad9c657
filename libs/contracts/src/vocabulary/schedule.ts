import { z } from 'zod';
import { Named } from './ids.ts';

const PfNamed = Named.extend({ pci_address: z.string() });

/** The VF a vNIC would get on a host; null is the bridge of a preferred vNIC's network. */
const Assignment = z.object({
  vnic: Named,
  vf: z.object({ pci_address: z.string(), physical_function: Named }).nullable(),
});

/** One cause why a host does not fit, for machines and in words. */
const ScheduleCause = z.object({
  code: z.string(),
  text: z.string(),
  vnics: z.array(Named).describe('The vNICs that cannot be served; none for a cause that concerns the host itself.'),
  network: Named.nullable(),
  physical_functions: z
    .array(
      PfNamed.extend({
        free_vfs: z.int().nullable().describe('Of use to the vNICs, where they compete for them.'),
        reasons: z.array(z.object({ code: z.string(), text: z.string() })),
      }),
    )
    .describe('Every physical function of the host, and all reasons why each fell away.'),
});

/** Which hosts can run a VM, best first, and why the others cannot. Above 50, the closest 20 and counts per reason. */
export const Schedule = z.object({
  vm: Named,
  fitting: z.int().describe('Hosts that fit.'),
  hosts: z.array(z.object({ host: Named, assignments: z.array(Assignment) })).describe('The best of them, best first.'),
  rejected: z.int().describe('Hosts that do not.'),
  reasons: z.array(z.object({ code: z.string(), hosts: z.int() })).describe('How many have which reason.'),
  rejections: z.array(z.object({ host: Named, causes: z.array(ScheduleCause) })),
});
export type Schedule = z.infer<typeof Schedule>;
