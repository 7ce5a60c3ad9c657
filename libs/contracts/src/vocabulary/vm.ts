import { z } from 'zod';
import { SchedulingPolicy } from './cluster.ts';
import { Description, EntityName, Named, Reference } from './ids.ts';
import { Vnic } from './vnic.ts';

/** Where a VM stands. */
export const VmStatus = z.enum(['down', 'powering_up', 'up', 'powering_down', 'migrating']);

/** A VM as the API shows it. `policy` null means its cluster's; `domain_xml` is what the administrator gave. */
export const Vm = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  status: VmStatus,
  cluster: Named,
  host: Named.nullable().describe('Where it runs; null while it is down.'),
  numa_node: z.int().nullable(),
  policy: SchedulingPolicy.nullable().describe("null for the cluster's own."),
  domain_xml: z.string().nullable().describe('What the administrator gave.'),
  nics: z.array(Vnic),
});
export type Vm = z.infer<typeof Vm>;

/** 64 KB of domain XML: several times what the largest real definition needs. */
const DomainXml = z
  .string()
  .min(1)
  .max(65_536)
  .regex(/^(?:[\t\n\r]|\P{C})*$/u, 'no control characters but line breaks and tabs');

/** What a caller may say of a new VM; in the cluster `Default` unless told. */
export const NewVm = z.object({
  name: EntityName,
  description: Description.optional(),
  cluster: Reference.optional(),
  numa_node: z.int().min(0).max(1023).nullable().optional(),
  policy: SchedulingPolicy.nullable().optional().describe("null for the cluster's own."),
  domain_xml: DomainXml.nullable().optional(),
});
export type NewVm = z.infer<typeof NewVm>;

/** A change of a VM; what is absent stays, null takes away. */
export const VmChange = NewVm.partial();
export type VmChange = z.infer<typeof VmChange>;
