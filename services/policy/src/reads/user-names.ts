import type { Documents } from '@vfleet/documents/documents';
import { USERS_READ } from '../core/users-in-words.ts';

/** The names of entities that use another one: those whose key `key` holds its id, as many as are told. */
export async function userNames<Body extends { name: string }>(
  documents: Documents<Body>,
  key: string,
  id: string,
): Promise<string[]> {
  const users = await documents.find(key, id, { limit: USERS_READ });
  return users.map(({ body }) => body.name);
}
