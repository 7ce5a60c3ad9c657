import type { ChangeFailure } from '@vfleet/contracts/vocabulary/host-report';

/** How the restore of one PF ended. `held`: the number was there already. `count` is null when it could not be read. */
export type RestoredPf = { pciAddress: string; count: number | null } & (
  | { outcome: 'restored' | 'held' }
  | { outcome: 'failed'; failure: ChangeFailure }
);

/** One line for each PF, failures with cause and what to do, for the journal of the boot. */
export function restoreMessage(results: readonly RestoredPf[]): string {
  if (results.length === 0) return 'No number of virtual functions is kept; nothing to restore.';
  return results.map(line).join('\n');
}

function line(result: RestoredPf): string {
  const { pciAddress, count } = result;
  switch (result.outcome) {
    case 'restored':
      return `${pciAddress}: ${count} virtual functions restored`;
    case 'held':
      return `${pciAddress}: ${count} virtual functions were there already`;
    case 'failed': {
      const { cause, remedy } = result.failure;
      const forget = `vfleet-host-agent forget ${pciAddress}`;
      const wayOut = remedy.includes(forget) ? remedy : `${remedy} To give the number up: ${forget}.`;
      return `${pciAddress}: ${count ?? 'unknown number of'} virtual functions NOT restored: ${cause}. ${wayOut}`;
    }
  }
}
