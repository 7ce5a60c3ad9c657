import { isoNow } from '@vfleet/process/clock';
import { every } from '@vfleet/process/every';
import { type Inquiry, inquire } from './claim-inquiry.ts';
import type { InventorySettings } from './config.ts';
import { claimsToClean } from './core/claims-to-clean.ts';
import { claimsSince, overdueClaims } from './core/claims-to-judge.ts';
import { eachHost } from './each-host.ts';

/**
 * Keeps claims going until `signal` aborts: hosts are told to clean until they have proved that they did, and the
 * scheduler is asked about claims that nobody may need.
 */
export function startClaimLoops(
  deps: Inquiry,
  settings: Pick<InventorySettings, 'tellUnsettledMs' | 'cleanDirtyMs' | 'judgeOverdueMs' | 'judgeAll'>,
  signal: AbortSignal,
): void {
  const { clock } = deps;
  const { tellUnsettledMs, cleanDirtyMs, judgeOverdueMs, judgeAll } = settings;

  void every(deps, { everyMs: tellUnsettledMs, what: 'Telling hosts to clean', signal }, () =>
    tellToClean(deps, 'releasing'),
  );
  void every(deps, { everyMs: cleanDirtyMs, what: 'Telling hosts to clean what was not clean', signal }, () =>
    tellToClean(deps, 'dirty'),
  );
  void every(deps, { everyMs: judgeOverdueMs, what: 'Asking who needs overdue claims', signal }, () =>
    inquire(deps, { state: 'reserved', select: (ledger) => overdueClaims(ledger, isoNow(clock)) }),
  );
  void every(deps, { everyMs: judgeAll.everyMs, what: 'Asking who needs claims', signal }, async () => {
    const before = new Date(clock.now() - judgeAll.heldForMs).toISOString();
    for (const state of ['reserved', 'attached'] as const) {
      await inquire(deps, { state, select: (ledger) => claimsSince(ledger, { state, before }) });
    }
  });
}

/**
 * Tells every host that is up to clean the VFs whose claims are in this state. Who should have told it may have died,
 * and a VF that could not be proved clean, or that a domain held, may be so now.
 */
async function tellToClean({ hosts, tellHosts, log }: Inquiry, state: 'releasing' | 'dirty'): Promise<void> {
  await eachHost(hosts.documents, { key: 'claims', value: state }, async (id, ledger) => {
    try {
      await tellHosts.clean(id, claimsToClean(ledger, [state]));
    } catch (problem) {
      log.warn({ hostId: id, problem }, 'A host could not be told to clean VFs; it is told again');
    }
  });
}
