import type { Documents, Stored } from '@vfleet/documents/documents';
import type { Placement } from './core/placement.ts';

const PAGE = 200;

/** Every placement that has anything on a host, page by page. */
export async function* placementsOn(
  placements: Pick<Documents<Placement>, 'find'>,
  hostId: string,
): AsyncGenerator<Stored<Placement>> {
  let after: string | undefined;
  do {
    const page = await placements.find('host', hostId, { limit: PAGE, after });
    yield* page;
    after = page.length === PAGE ? page.at(-1)?.id : undefined;
  } while (after !== undefined);
}
