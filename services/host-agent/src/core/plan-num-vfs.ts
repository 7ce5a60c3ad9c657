import type { PfIdentity, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { deadlineMs } from './deadline.ts';
import type { FailureSeen } from './failure-causes.ts';
import type { Journal, Persisted } from './journal.ts';
import { appliedSettlement } from './settlement.ts';

/** One thing done to a PF, complete in itself. The executor walks steps in order and stops at the first that fails. */
export type Step =
  | { kind: 'check-holders' }
  | { kind: 'journal'; journal: Journal }
  | { kind: 'write'; count: number; deadlineMs: number }
  | { kind: 'read-back'; count: number; deadlineMs: number }
  | { kind: 'await-no-vfs'; deadlineMs: number }
  | { kind: 'await-vfs'; count: number; deadlineMs: number }
  | { kind: 'await-netdevs'; count: number; deadlineMs: number }
  | { kind: 'pf-up' }
  | { kind: 'persist'; count: number; identity: PfIdentity | null }
  | { kind: 'unpersist' }
  | { kind: 'settle'; settlement: Settlement };

/** What a plan must know of a PF. `expectNetdevs`: autoprobe is on and the driver of the VFs is there. */
export type PlannedPf = {
  existing: number;
  totalVfs: number;
  driver: string | null;
  identity: PfIdentity;
  expectNetdevs: boolean;
};

type Deadlines = { overrideMs: number | null };

/** Reading `sriov_numvfs` takes no time unless somebody else is writing it. */
const READ_DEADLINE_MS = 10_000;

/**
 * The steps from the VFs that exist to what the journal wants. The kernel refuses to go from one non-zero number to another (EBUSY), so
 * every change passes through zero. A number above the total is refused here: the kernel would say so only after the
 * existing VFs are gone. When nothing differs no VF is touched; the number is persisted and settled. VFs that an
 * unsettled change (`open`) has just made are awaited before, as that change would have done.
 */
export function planNumVfs(
  pf: PlannedPf,
  { journal, open }: { journal: Journal; open: Journal | null },
  deadlines: Deadlines,
): { ok: true; steps: Step[] } | { ok: false; failure: FailureSeen } {
  const wanted = journal.to;
  if (wanted > pf.totalVfs) return { ok: false, failure: { kind: 'over-total', asked: wanted } };
  if (wanted === pf.existing) {
    if (open) return { ok: true, steps: planFinish(pf, journal, deadlines) };
    return { ok: true, steps: [readBack(wanted), { kind: 'pf-up' }, ...conclusion(pf, journal)] };
  }
  const steps: Step[] = [
    { kind: 'check-holders' },
    { kind: 'journal', journal },
    ...removal(pf, deadlines),
    ...creation(pf, wanted, deadlines),
    ...planFinish(pf, journal, deadlines),
  ];
  return { ok: true, steps };
}

/** The steps after the last write: also what is left of a change that an agent's death or a late end cut off there. */
export function planFinish(pf: PlannedPf, journal: Journal, deadlines: Deadlines): Step[] {
  return [...arrival(pf, journal.to, deadlines), ...conclusion(pf, journal)];
}

/**
 * The way back to the last known good number. What was persisted before comes first: a reboot in the middle restores
 * it. VFs in use forbid this change too, and are not touched when the number is there already. Netdevs are not awaited:
 * the failure is told as soon as the number holds.
 */
export function planFallback(
  pf: PlannedPf,
  journal: Journal,
  persisted: Persisted | null,
  deadlines: Deadlines,
): Step[] {
  const persist = unpersistTo(journal.persistedBefore, persisted);
  const good = journal.lastKnownGood;
  if (pf.existing === good) return [...persist, readBack(good), { kind: 'pf-up' }];
  return [
    ...persist,
    { kind: 'check-holders' },
    ...removal(pf, deadlines),
    ...creation(pf, good, deadlines),
    ...arrival({ ...pf, expectNetdevs: false }, good, deadlines),
  ];
}

/** Steps of a restore at boot; netdevs are awaited, since the network restored after it may stand on them. */
export function planRestore(pf: PlannedPf, persisted: number, deadlines: Deadlines): Step[] {
  if (pf.existing === persisted) return [readBack(persisted), { kind: 'pf-up' }];
  return [
    { kind: 'check-holders' },
    ...removal(pf, deadlines),
    ...creation(pf, persisted, deadlines),
    ...arrival(pf, persisted, deadlines),
  ];
}

function removal(pf: PlannedPf, { overrideMs }: Deadlines): Step[] {
  if (pf.existing === 0) return [];
  const limit = deadlineMs({ driver: pf.driver, vfs: pf.existing, overrideMs });
  return [
    { kind: 'write', count: 0, deadlineMs: limit },
    { kind: 'await-no-vfs', deadlineMs: limit },
  ];
}

/** The number is read back right after the write, so that fewer VFs than asked are told at once, not after a wait. */
function creation(pf: PlannedPf, count: number, { overrideMs }: Deadlines): Step[] {
  if (count === 0) return [];
  return [
    { kind: 'write', count, deadlineMs: deadlineMs({ driver: pf.driver, vfs: count, overrideMs }) },
    readBack(count),
  ];
}

function arrival(pf: PlannedPf, count: number, { overrideMs }: Deadlines): Step[] {
  const limit = deadlineMs({ driver: pf.driver, vfs: count, overrideMs });
  const awaited: Step[] = count === 0 ? [] : [{ kind: 'await-vfs', count, deadlineMs: limit }];
  const netdevs: Step[] = count > 0 && pf.expectNetdevs ? [{ kind: 'await-netdevs', count, deadlineMs: limit }] : [];
  return [...awaited, ...netdevs, readBack(count), { kind: 'pf-up' }];
}

function unpersistTo(before: Persisted | null, now: Persisted | null): Step[] {
  if (before === null) return now === null ? [] : [{ kind: 'unpersist' }];
  const isSame =
    now !== null && now.count === before.count && JSON.stringify(now.identity) === JSON.stringify(before.identity);
  return isSame ? [] : [{ kind: 'persist', ...before }];
}

function conclusion(pf: PlannedPf, journal: Journal): Step[] {
  return [
    { kind: 'persist', count: journal.to, identity: pf.identity },
    { kind: 'settle', settlement: appliedSettlement(journal) },
  ];
}

function readBack(count: number): Step {
  return { kind: 'read-back', count, deadlineMs: READ_DEADLINE_MS };
}
