import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import type { Documents } from '@vfleet/documents/documents';
import { operationView } from './core/operation-view.ts';
import type { Placement } from './core/placement.ts';

/** What a command that comes again began, though its VM is not found any more by what the command calls it. */
export async function rememberedOperation(
  placements: Pick<Documents<Placement>, 'find'>,
  operationId: string,
): Promise<{ ok: true; reply: Operation } | undefined> {
  const [found] = await placements.find('operation', operationId, { limit: 1 });
  const reply = found && operationView(found.body, operationId);
  return reply && { ok: true, reply };
}
