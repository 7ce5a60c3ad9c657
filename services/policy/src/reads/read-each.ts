import type { Documents, Stored } from '@vfleet/documents/documents';

/** Reads documents by their ids, each once; one that is not there is missing in the answer. */
export async function readEach<Body>(documents: Documents<Body>, ids: Iterable<string>): Promise<Stored<Body>[]> {
  const read = await Promise.all([...new Set(ids)].map((id) => documents.get(id)));
  return read.filter((document) => document !== undefined);
}

/** The bodies of documents by their ids. */
export function bodiesById<Body>(documents: readonly Stored<Body>[]): ReadonlyMap<string, Body> {
  return new Map(documents.map(({ id, body }) => [id, body]));
}
