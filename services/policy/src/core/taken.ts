import { nameKey } from '@vfleet/contracts/names';
import { type Refusal, type RefusalCode, refusal } from '@vfleet/contracts/refusals';

/** What is added or renamed: `noun` as in `network`, and the code of a name that another one has. */
type Claimant = { noun: string; nameInUse: RefusalCode; id: string; name: string };

/** The refusal of a name or id that the entity `holder` is known by: the conflict of the unique key `ref`. */
export function refTaken(
  { noun, nameInUse, id, name }: Claimant,
  { value, holder }: { value: string; holder: string },
): Refusal {
  return value === nameKey(name)
    ? refusal(nameInUse, knownAs(noun, { name, holder }))
    : refusal('ID_ALREADY_USED', `The ${noun} with the id ${holder} is named ${id}.`);
}

/** Tells which entity is known by a name, as its name or its id. */
export function knownAs(noun: string, { name, holder }: { name: string; holder: string }): string {
  return `The ${noun} with the id ${holder} is known as ${name}.`;
}

/** The refusal of an id that an entity has. */
export function idTaken(noun: string, { id, name }: { id: string; name: string }): Refusal {
  return refusal('ID_ALREADY_USED', `The ${noun} ${name} has the id ${id}.`);
}
