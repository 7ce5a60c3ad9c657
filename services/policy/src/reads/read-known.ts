import type { ReadRequest } from '@vfleet/contracts/policy/entity';
import type { Documents } from '@vfleet/documents/documents';

/** Answers followers: the entities with these ids that are there, or a page of all in the order of ids. */
export async function readKnown<Body, Known>(
  documents: Documents<Body>,
  { ids, limit, cursor }: ReadRequest,
  knownOf: (body: Body) => Known,
): Promise<{ items: Known[]; next: string | null }> {
  if (ids) {
    const read = await Promise.all(ids.map((id) => documents.get(id)));
    return { items: read.flatMap((document) => (document ? [knownOf(document.body)] : [])), next: null };
  }
  const found = await documents.list({ limit: limit + 1, after: cursor });
  const page = found.slice(0, limit);
  const next = found.length > limit ? (page.at(-1)?.id ?? null) : null;
  return { items: page.map(({ body }) => knownOf(body)), next };
}
