import { answers, type Binding } from '@vfleet/bus/bus';
import {
  AddVnicProfile,
  GetVnicProfile,
  ListVnicProfiles,
  RemoveVnicProfile,
  UpdateVnicProfile,
} from '@vfleet/contracts/policy/vnic-profiles';
import { addVnicProfile } from './handlers/add-vnic-profile.ts';
import { getVnicProfile } from './handlers/get-vnic-profile.ts';
import { listVnicProfiles } from './handlers/list-vnic-profiles.ts';
import { removeVnicProfile } from './handlers/remove-vnic-profile.ts';
import { updateVnicProfile } from './handlers/update-vnic-profile.ts';
import type { OwnedCollections } from './owned-collections.ts';

/** What policy answers about vNIC profiles. */
export function vnicProfileAnswers(needs: OwnedCollections): Binding[] {
  return [
    answers(AddVnicProfile, addVnicProfile(needs)),
    answers(UpdateVnicProfile, updateVnicProfile(needs)),
    answers(RemoveVnicProfile, removeVnicProfile(needs)),
    answers(GetVnicProfile, getVnicProfile(needs)),
    answers(ListVnicProfiles, listVnicProfiles(needs)),
  ];
}
