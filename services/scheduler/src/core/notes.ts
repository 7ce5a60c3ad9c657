import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import type { EndedOperation, Placement } from './placement.ts';

/** The operations as the API names them: one entry of the audit log says that it was asked for, another how it ended. */
const ACTIONS: Record<EndedOperation['kind'], string> = {
  start: 'startVm',
  stop: 'stopVm',
  migrate: 'migrateVm',
  plug: 'activateVnic',
  unplug: 'deactivateVnic',
  upgrade: 'upgradeVnic',
};

/** What a change of a placement puts into the audit log: how operations ended, and a VM that ended by itself. */
export function notesOf(before: Placement | undefined, after: Placement): AuditNote[] {
  const known = new Set(before?.ended.map(({ id }) => id));
  const ends = after.ended.filter(({ id }) => !known.has(id)).map((ended) => endNote(after, ended));
  const { died } = after;
  return died && died.at !== before?.died?.at ? [...ends, deathNote(after, died)] : ends;
}

function endNote(
  { vmId }: Placement,
  { id, kind, actor, outcome, problems, notes, endedAt }: EndedOperation,
): AuditNote {
  const words = [...problems.map(({ detail }) => detail), ...notes];
  return {
    action: ACTIONS[kind],
    target: `/api/vms/${vmId}`,
    outcome,
    codes: [...new Set(problems.map(({ code }) => code))],
    detail: [`Operation ${id}`, ...words].join('; '),
    at: endedAt,
    actor,
  };
}

function deathNote({ vmId }: Placement, { at, problem }: NonNullable<Placement['died']>): AuditNote {
  const { code, detail } = problem;
  return { action: 'vmDied', target: `/api/vms/${vmId}`, outcome: 'failed', codes: [code], detail, at };
}
