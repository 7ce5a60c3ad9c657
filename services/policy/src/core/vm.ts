import { SchedulingPolicy } from '@vfleet/contracts/vocabulary/cluster';
import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { MacAddress } from '@vfleet/contracts/vocabulary/mac';
import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { NewVm, VmChange } from '@vfleet/contracts/vocabulary/vm';
import { VnicInterface } from '@vfleet/contracts/vocabulary/vnic';
import { z } from 'zod';

/** A vNIC in its VM's document. `guestPciAddress` is kept after the first start and emitted ever after. */
export const StoredVnic = z.object({
  id: EntityId,
  name: z.string(),
  revision: z.int().positive(),
  interface: VnicInterface,
  profileId: EntityId.nullable(),
  mac: MacAddress,
  plugged: z.boolean(),
  linked: z.boolean(),
  bootOrder: z.int().nullable(),
  customMtu: z.int().nullable(),
  macSpoofing: z.boolean(),
  pinnedVf: z.object({ hostId: z.string(), pciAddress: PciAddress }).nullable(),
  guestPciAddress: PciAddress.nullable(),
});
export type StoredVnic = z.infer<typeof StoredVnic>;

/**
 * A VM as it is stored, its vNICs within. `placementId` names the placement that runs it; the rules of edit, delete and
 * plug read it. `revision` rises with every change of the VM itself (not of its vNICs): its ETag.
 */
export const StoredVm = z.object({
  id: EntityId,
  name: z.string(),
  revision: z.int().positive(),
  description: z.string(),
  clusterId: EntityId,
  numaNode: z.int().nullable(),
  /** null means the cluster's. */
  policy: SchedulingPolicy.nullable(),
  domainXml: z.string().nullable(),
  placementId: EntityId.nullable(),
  nics: z.array(StoredVnic),
});
export type StoredVm = z.infer<typeof StoredVm>;

/** A new VM without vNICs, that runs nowhere. */
export function newVm(id: string, fields: NewVm, clusterId: string): StoredVm {
  const unless = { description: '', numaNode: null, policy: null, domainXml: null, placementId: null, nics: [] };
  return changedVm({ id, name: fields.name, revision: 1, clusterId, ...unless }, fields, clusterId);
}

/** A VM with other fields; those that are absent stay. */
export function changedVm(vm: StoredVm, fields: VmChange, clusterId: string): StoredVm {
  const { numa_node: numaNode, policy, domain_xml: domainXml } = fields;
  return {
    ...vm,
    clusterId,
    name: fields.name ?? vm.name,
    description: fields.description ?? vm.description,
    numaNode: numaNode === undefined ? vm.numaNode : numaNode,
    policy: policy === undefined ? vm.policy : policy,
    domainXml: domainXml === undefined ? vm.domainXml : domainXml,
  };
}
