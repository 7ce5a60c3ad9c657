import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { Documents } from '@vfleet/documents/documents';
import { readEach } from './read-each.ts';

/** Reads entities by their ids, each once, to show them by name; one that is gone is missing in the answer. */
export async function readNamed<Body extends { name: string }>(
  documents: Documents<Body>,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string | null, Named>> {
  const read = await readEach(
    documents,
    ids.filter((id) => id !== null),
  );
  return new Map(read.map(({ id, body }) => [id, { id, name: body.name }]));
}
