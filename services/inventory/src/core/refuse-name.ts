import { type Refusal, refusal } from '@vfleet/contracts/refusals';

/** The refusal of a name that another host has. */
export function nameInUse(name: string, holder: string): Refusal {
  return refusal('HOST_NAME_IN_USE', `The host with the id ${holder} is named ${name}.`);
}
