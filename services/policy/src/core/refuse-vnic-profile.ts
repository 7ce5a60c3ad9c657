import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** So many of the profiles that share a name are told. */
export const NAMESAKES_TOLD = 10;

/** The refusal of a reference that no profile has as its id or name. */
export function noSuchVnicProfile(ref: string): Refusal {
  return refusal('VNIC_PROFILE_NOT_EXIST', `No vNIC profile has the id or the name ${ref}.`);
}

/** The refusal of a name as a reference, for profiles of several networks have it; names their ids. */
export function ambiguousVnicProfile(ref: string, namesakes: readonly StoredVnicProfile[]): Refusal {
  const told = namesakes.slice(0, NAMESAKES_TOLD).map(({ id, networkId }) => `${id} on network ${networkId}`);
  const more = namesakes.length > NAMESAKES_TOLD ? ' and others' : '';
  return refusal('VNIC_PROFILE_NAME_AMBIGUOUS', `vNIC profiles named ${ref}: ${told.join(', ')}${more}.`);
}
