import type { Verdict } from '@vfleet/contracts/define';
import { nameKey } from '@vfleet/contracts/names';
import type { Refusal } from '@vfleet/contracts/refusals';
import type { Documents, Stored } from '@vfleet/documents/documents';

/** Finds an entity of a collection whose key `ref` is unique, by id or name: no name is another one's id. */
export async function findEntity<Body>(documents: Documents<Body>, ref: string): Promise<Stored<Body> | undefined> {
  const [found] = await documents.find('ref', nameKey(ref), { limit: 1 });
  return found;
}

/** The id of another entity that is known by a name, as its name or its id; a name that is not given nobody has. */
export async function namesakeOf<Body>(
  documents: Documents<Body>,
  { id, name }: { id: string; name: string | undefined },
): Promise<string | undefined> {
  const holder = name === undefined ? undefined : await findEntity(documents, name);
  return holder?.id === id ? undefined : holder?.id;
}

/** Does something with the entity that `ref` names, or refuses because there is none. */
export async function onEntity<Body, Reply>(
  { documents, none }: { documents: Documents<Body>; none: (ref: string) => Refusal },
  ref: string,
  then: (found: Stored<Body>) => Verdict<Reply> | Promise<Verdict<Reply>>,
): Promise<Verdict<Reply>> {
  const found = await findEntity(documents, ref);
  return found ? then(found) : { ok: false, refusals: [none(ref)] };
}
