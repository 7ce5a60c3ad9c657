import { PlacementChanged, SchedulerNoted } from '@vfleet/contracts/scheduler/runs';
import { type Deciding, type Fact, fact } from '@vfleet/documents/decide-and-put';
import { decidedWrite } from '@vfleet/documents/decided-write';
import type { Stored } from '@vfleet/documents/documents';
import { isoNow } from '@vfleet/process/clock';
import { causeOf } from './asks.ts';
import { notesOf } from './core/notes.ts';
import type { Placement } from './core/placement.ts';

/** What a put of a placement makes true: that it has changed, and what of it belongs into the audit log. */
export function placementFacts(before: Placement | undefined, after: Placement): Fact[] {
  const { vmId, placementId, operation, ended } = after;
  const operationId = operation?.id ?? ended.at(-1)?.id ?? null;
  return [
    fact(PlacementChanged, { vmId, placementId, operationId }),
    ...notesOf(before, after).map((note) => fact(SchedulerNoted, { ...note, vmId })),
  ];
}

/** Puts a placement over the version that was read; undefined when that has changed meanwhile. */
export async function putPlacement(
  placements: Deciding<Placement>,
  stored: Stored<Placement>,
  body: Placement,
): Promise<Stored<Placement> | undefined> {
  const now = isoNow(placements.clock);
  const cause = causeOf(stored.body.operation ? stored.body : body);
  const message = { ...cause, id: placements.newId(), sentAt: now, payload: {}, redelivered: false };
  const facts = placementFacts(stored.body, body);
  const write = decidedWrite(
    placements,
    stored.id,
    { body, facts, restsOn: [] },
    { stored, message, answers: [], now },
  );
  const outcome = await write.carryOut();
  if (!outcome.ok) {
    if (outcome.reason === 'unique') throw new Error(`placement ${outcome.value} is of VM ${outcome.holder}`);
    return undefined;
  }
  placements.publications.start(stored.id, write.facts);
  return write.document;
}
