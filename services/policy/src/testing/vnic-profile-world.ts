import { AddNetwork } from '@vfleet/contracts/policy/networks';
import { AddQos } from '@vfleet/contracts/policy/qos';
import { AddVm, AddVnic } from '@vfleet/contracts/policy/vms';
import {
  AddVnicProfile,
  GetVnicProfile,
  RemoveVnicProfile,
  UpdateVnicProfile,
} from '@vfleet/contracts/policy/vnic-profiles';
import type { NewVnic } from '@vfleet/contracts/vocabulary/vnic';
import type { NewVnicProfile, VnicProfile, VnicProfileChange } from '@vfleet/contracts/vocabulary/vnic-profile';
import { policyUnderTest, replyOf } from './policy-under-test.ts';

/** Policy with the networks `red` and `blue`, the QoS `slow`, and the means of a caller who makes profiles. For tests. */
export async function vnicProfileWorld() {
  const world = await policyUnderTest({ replicas: 2 });
  for (const name of ['red', 'blue']) replyOf(await world.ask(AddNetwork, { networkId: name, fields: { name } }));
  replyOf(await world.ask(AddQos, { qosId: 'q1', fields: { name: 'slow' } }));

  const add = (id: string, fields: Partial<NewVnicProfile> = {}, commandId?: string) =>
    world.ask(
      AddVnicProfile,
      { vnicProfileId: id, fields: { name: id, network: { name: 'red' }, ...fields } },
      commandId,
    );
  return {
    ...world,
    add,
    added: async (id: string, fields: Partial<NewVnicProfile> = {}): Promise<VnicProfile> =>
      replyOf(await add(id, fields)),
    change: (vnicProfile: string, fields: VnicProfileChange, ifVersion?: number, commandId?: string) =>
      world.ask(UpdateVnicProfile, { vnicProfile, fields, ifVersion }, commandId),
    remove: (vnicProfile: string, ifVersion?: number, commandId?: string) =>
      world.ask(RemoveVnicProfile, { vnicProfile, ifVersion }, commandId),
    get: (vnicProfile: string) => world.ask(GetVnicProfile, { vnicProfile }),
    /** A VM with one vNIC of the profile. */
    use: async (vm: string, profile: string, fields: Partial<NewVnic> = {}, cluster = 'default'): Promise<void> => {
      replyOf(await world.ask(AddVm, { vmId: vm, fields: { name: vm, cluster: { id: cluster } } }));
      const vnic = { name: 'nic1', vnic_profile: { id: profile }, ...fields };
      replyOf(await world.ask(AddVnic, { vm, vnicId: `${vm}-nic1`, fields: vnic }));
    },
  };
}
