import type { Documents, Stored } from '@vfleet/documents/documents';
import { nameKey } from './core/names.ts';

/** Finds an entity of a collection whose key `ref` is unique, by id or name: no name is another one's id. */
export async function findEntity<Body>(documents: Documents<Body>, ref: string): Promise<Stored<Body> | undefined> {
  const [found] = await documents.find('ref', nameKey(ref), { limit: 1 });
  return found;
}
