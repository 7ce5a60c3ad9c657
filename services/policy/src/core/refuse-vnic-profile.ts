import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { usersInWords } from './users-in-words.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** The refusal of a reference that no profile has as its id or name. */
export function noSuchVnicProfile(ref: string): Refusal {
  return refusal('VNIC_PROFILE_NOT_EXIST', `No vNIC profile has the id or the name ${ref}.`);
}

/** The refusal of a name as a reference, for profiles of several networks have it. */
export function ambiguousVnicProfile(ref: string, namesakes: readonly StoredVnicProfile[]): Refusal {
  return refusal('VNIC_PROFILE_NAME_AMBIGUOUS', namesakesInWords(ref, namesakes));
}

/** Names the ids of profiles that have one name, and their networks. */
export function namesakesInWords(ref: string, namesakes: readonly StoredVnicProfile[]): string {
  const ids = namesakes.map(({ id, networkId }) => `${id} on network ${networkId}`);
  return `vNIC profiles named ${ref}: ${usersInWords(ids)}.`;
}

/** The refusal of a name that another profile of the network has: the conflict of the unique key `nameInNetwork`. */
export function vnicProfileNameTaken(name: string, holder: string): Refusal {
  return refusal('VNIC_PROFILE_NAME_IN_USE', nameTakenInWords(name, holder));
}

/** Tells who has a name on a network. */
export function nameTakenInWords(name: string, holder: string): string {
  return `The vNIC profile with the id ${holder} is known as ${name} on the same network.`;
}
