import { z } from 'zod';
import { AllowedNetwork } from './allowed-network.ts';
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
