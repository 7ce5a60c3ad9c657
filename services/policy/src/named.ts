import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { Documents } from '@vfleet/documents/documents';

/** An entity as others show it. */
export function named(entity: { id: string; body: { name: string } } | undefined): Named | null {
  return entity ? { id: entity.id, name: entity.body.name } : null;
}

/** Reads entities by their ids, each once, to show them; one that is gone is missing in the answer. */
export async function readNamed<Body extends { name: string }>(
  documents: Documents<Body>,
  ids: readonly (string | null)[],
): Promise<Map<string, Named>> {
  const wanted = new Set(ids.filter((id) => id !== null));
  const read = await Promise.all([...wanted].map((id) => documents.get(id)));
  return new Map(read.flatMap((entity) => (entity ? [[entity.id, { id: entity.id, name: entity.body.name }]] : [])));
}
