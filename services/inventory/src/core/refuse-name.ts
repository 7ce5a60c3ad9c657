import { type Refusal, refusal } from '@vfleet/contracts/refusals';

/** The refusal of a name that another host is known by, as its name or its id. */
export function nameInUse(name: string, holder: string): Refusal {
  return refusal('HOST_NAME_IN_USE', `The host with the id ${holder} is known as ${name}.`);
}

/** The refusal of an id that another host has as its name. */
export function idIsAName(id: string, holder: string): Refusal {
  return refusal('ID_ALREADY_USED', `The host with the id ${holder} is named ${id}.`);
}
