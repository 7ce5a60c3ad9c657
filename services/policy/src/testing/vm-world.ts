import { AddNetwork } from '@vfleet/contracts/policy/networks';
import { AddVm, AddVnic } from '@vfleet/contracts/policy/vms';
import { AddVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import type { NewVm } from '@vfleet/contracts/vocabulary/vm';
import type { NewVnic, Vnic } from '@vfleet/contracts/vocabulary/vnic';
import type { NewVnicProfile } from '@vfleet/contracts/vocabulary/vnic-profile';
import { type PolicyUnderTest, policyUnderTest, replyOf } from './policy-under-test.ts';

/** Policy with the network `red` (VLAN 100) and the means to fill it; ids are the names in lower case. */
export async function vmWorld(options?: Parameters<typeof policyUnderTest>[0]) {
  const world: PolicyUnderTest = await policyUnderTest(options);
  const red = { name: 'red', vlan_id: 100 };
  replyOf(await world.ask(AddNetwork, { networkId: 'red', fields: red }));
  return {
    ...world,
    addProfile: async (name: string, fields: Partial<NewVnicProfile>) =>
      replyOf(
        await world.ask(AddVnicProfile, {
          vnicProfileId: name.toLowerCase(),
          fields: { network: { id: 'red' }, ...fields, name },
        }),
      ),
    addVm: async (name: string, fields: Partial<NewVm> = {}) =>
      replyOf(await world.ask(AddVm, { vmId: name.toLowerCase(), fields: { ...fields, name } })),
    addVnic: async (vm: string, name: string, fields: Partial<NewVnic> = {}): Promise<Vnic> =>
      replyOf(await world.ask(AddVnic, { vm, vnicId: `${vm}-${name}`, fields: { ...fields, name } })),
  };
}
