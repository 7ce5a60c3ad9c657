import type { Command } from '@vfleet/contracts/define';
import { AddHost } from '@vfleet/contracts/inventory';
import { AddNetwork } from '@vfleet/contracts/policy/networks';
import { AddVm, AddVnic } from '@vfleet/contracts/policy/vms';
import { AddVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import type { NewVnicProfile } from '@vfleet/contracts/vocabulary/vnic-profile';
import type { Random } from './random.ts';

/** A command of the set-up, and its request. */
export type Step = { contract: Command; request: unknown };

/** The vNICs of a VM of the model, each with its profile. */
export type ModelVm = { id: string; vnics: { id: string; profile: string }[] };

const PROFILES: Record<string, Partial<NewVnicProfile> & { network: { id: string } }> = {
  'red-vf': { network: { id: 'red' }, pass_through: 'enabled', migratable: true },
  'blue-vf': { network: { id: 'blue' }, pass_through: 'enabled', migratable: true, vf: { trust: true } },
  'green-preferred': { network: { id: 'green' }, pass_through: 'preferred', migratable: true },
};

/** VMs with one to three vNICs of random profiles. */
export function modelVms(count: number, random: Random): ModelVm[] {
  return Array.from({ length: count }, (_, vm) => ({
    id: `v${vm + 1}`,
    vnics: Array.from({ length: 1 + random.below(3) }, (_, nic) => ({
      id: `v${vm + 1}n${nic + 1}`,
      profile: random.one(Object.keys(PROFILES)),
    })),
  }));
}

/** Everything that is there before the first operation, hosts and policy. */
export function setUp(hostIds: readonly string[], vms: readonly ModelVm[]): Step[] {
  const networks = ['red', 'blue', 'green'].map((name, index) =>
    step(AddNetwork, { networkId: name, fields: { name, ...(index < 2 ? { vlan_id: 100 * (index + 1) } : {}) } }),
  );
  const profiles = Object.entries(PROFILES).map(([name, fields]) =>
    step(AddVnicProfile, { vnicProfileId: name, fields: { name, ...fields } }),
  );
  const machines = vms.flatMap(({ id, vnics }) => [
    step(AddVm, { vmId: id, fields: { name: id } }),
    ...vnics.map((vnic) =>
      step(AddVnic, {
        vm: id,
        vnicId: vnic.id,
        fields: { name: vnic.id, interface: 'pci_passthrough', vnic_profile: { id: vnic.profile } },
      }),
    ),
  ]);
  const hosts = hostIds.map((hostId) => step(AddHost, { hostId, name: hostId }));
  return [...networks, ...profiles, ...machines, ...hosts];
}

function step<Request, Reply>(contract: Command<Request, Reply>, request: Request): Step {
  return { contract: contract as Command, request };
}
