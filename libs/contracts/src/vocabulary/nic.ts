import { z } from 'zod';
import { AllowedNetwork } from './allowed-network.ts';
import { NicReport, UpperDevice } from './host-report.ts';
import { Named } from './ids.ts';
import { Vf } from './vf.ts';
import { VfsConfig } from './vfs-config.ts';

/** A host nic as the API shows it: a PF carries its VfsConfig, a VF its PF and its state, any other nic neither. */
export const Nic = z.object({
  id: z.string(),
  name: z.string(),
  mac: z.string().nullable(),
  mtu: z.int().nullable(),
  speed: z.int().nullable(),
  carrier: z.boolean().nullable(),
  kind: NicReport.shape.kind,
  max_mtu: z.int().nullable().describe('The most its driver takes; null when it does not say.'),
  alt_names: z.array(z.string()).describe('Other names it goes by on the host.'),
  addresses: z.array(z.string()).describe('With prefix length.'),
  master: z.string().nullable().describe('The bond or bridge it is a member of.'),
  uppers: z.array(UpperDevice).describe('Devices that sit on it.'),
  representor_of: z
    .object({ physical_function: z.string(), vf_index: z.int() })
    .nullable()
    .describe('In switchdev mode: the virtual function whose traffic comes out of this interface.'),
  bond: z.string().nullable(),
  vlans: z.array(z.string()),
  bridge: z.string().nullable(),
  networks: z.array(AllowedNetwork),
  labels: z.array(z.string()),
  pci_address: z.string().nullable(),
  driver: z.string().nullable(),
  numa_node: z.int().nullable(),
  vfs_config: VfsConfig.nullable(),
  physical_function: Named.nullable(),
  vf: Vf.nullable(),
});
export type Nic = z.infer<typeof Nic>;
