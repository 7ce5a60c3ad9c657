import type { PfIdentity, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { mtuToSet } from '@vfleet/contracts/vocabulary/pf-mtu';
import {
  arrivalSteps,
  conclusionSteps,
  creationSteps,
  mtuSteps,
  type PfStep,
  presenceSteps,
  type RecordStep,
  removalSteps,
  vfsChangeSteps,
} from '@vfleet/contracts/vocabulary/vfs-change';
import { deadlineMs } from './deadline.ts';
import type { FailureSeen } from './failure-causes.ts';
import type { Journal, Persisted } from './journal.ts';
import { appliedSettlement } from './settlement.ts';

/** One thing done to a PF, complete in itself. The executor walks steps in order and stops at the first that fails. */
export type Step =
  | { kind: 'check-holders'; mtuOnly: boolean }
  | { kind: 'journal'; journal: Journal }
  | { kind: 'write'; count: number; deadlineMs: number }
  | { kind: 'read-back'; count: number; deadlineMs: number }
  | { kind: 'await-no-vfs'; deadlineMs: number }
  | { kind: 'await-vfs'; count: number; deadlineMs: number }
  | { kind: 'await-netdevs'; count: number; deadlineMs: number }
  | { kind: 'set-mtu'; mtu: number }
  | { kind: 'read-back-mtu'; mtu: number }
  | { kind: 'pf-up' }
  | ({ kind: 'persist' } & Persisted)
  | { kind: 'unpersist' }
  | { kind: 'settle'; settlement: Settlement };

/**
 * What a plan must know of a PF. `mtu` is that of its netdev; null when it has none, or when it was not asked for.
 * `expectNetdevs`: autoprobe is on and the driver of the VFs is there.
 */
export type PlannedPf = {
  existing: number;
  totalVfs: number;
  driver: string | null;
  identity: PfIdentity;
  mtu: number | null;
  expectNetdevs: boolean;
};

type Deadlines = { overrideMs: number | null };

/** Reading `sriov_numvfs` takes no time unless somebody else is writing it. */
const READ_DEADLINE_MS = 10_000;

/**
 * The steps from the VFs that exist to what the journal wants. A number above the total is refused here: the kernel
 * would say so only after the existing VFs are gone; so is every other number of VFs than `onlyIfExisting`, where that is
 * given. The MTU needs to be set only where the PF's own does not serve. VFs that an unsettled change (`open`) has just
 * made are awaited before, as that change would have done.
 */
export function planNumVfs(
  pf: PlannedPf,
  { journal, open, onlyIfExisting = null }: { journal: Journal; open: Journal | null; onlyIfExisting?: number | null },
  deadlines: Deadlines,
): { ok: true; steps: Step[] } | { ok: false; failure: FailureSeen } {
  const { existing, expectNetdevs } = pf;
  const wanted = journal.to;
  if (onlyIfExisting !== null && existing !== onlyIfExisting) {
    return { ok: false, failure: { kind: 'other-number', expected: onlyIfExisting, got: existing } };
  }
  if (wanted > pf.totalVfs) return { ok: false, failure: { kind: 'over-total', asked: wanted } };
  if (wanted === existing && open) return { ok: true, steps: planFinish(pf, journal, deadlines) };
  const steps = vfsChangeSteps({ existing, wanted, mtu: missingMtu(pf, journal), expectNetdevs });
  return {
    ok: true,
    steps: steps.map((step) => (isRecord(step) ? recorded(step, pf, journal) : timed(step, pf, deadlines))),
  };
}

/** The MTU that a change has still to set; null when that of the PF serves. */
export function missingMtu({ mtu }: Pick<PlannedPf, 'mtu'>, { mtu: wanted, persistedBefore }: Journal): number | null {
  return mtuToSet({ wanted, existing: mtu, inForce: persistedBefore?.mtu ?? null });
}

/**
 * The steps after the last write: also what is left of a change that an agent's death or a late end cut off there. Its
 * MTU may be missing still.
 */
export function planFinish(pf: PlannedPf, journal: Journal, deadlines: Deadlines): Step[] {
  const mtu = missingMtu(pf, journal);
  const mtuChange = mtu === null ? [] : mtuSteps(mtu).map((step) => timed(step, pf, deadlines));
  return [
    ...(mtu === null ? [] : [{ kind: 'check-holders', mtuOnly: true } as const, { kind: 'journal', journal } as const]),
    ...mtuChange,
    ...arrivalSteps(journal.to, pf.expectNetdevs).map((step) => timed(step, pf, deadlines)),
    ...conclusionSteps(journal.to).map((step) => recorded(step, pf, journal)),
  ];
}

/**
 * The way back to the last known good number, and to the MTU of before. What was persisted before comes first: a reboot in the middle restores
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
  const { lastKnownGood: count, mtuBefore } = journal;
  const mtu = mtuToSet({ wanted: mtuBefore, existing: pf.mtu, inForce: null });
  return [...persist, ...planRestore({ ...pf, expectNetdevs: false }, { count, mtu }, deadlines)];
}

/**
 * Steps of a restore at boot, with the MTU to be set (null: none); netdevs are awaited, since the network restored after
 * it may stand on them.
 */
export function planRestore(
  pf: PlannedPf,
  { count, mtu }: { count: number; mtu: number | null },
  deadlines: Deadlines,
): Step[] {
  const mtuOnly = pf.existing === count;
  const check: PfStep[] = mtuOnly && mtu === null ? [] : [{ kind: 'check-holders', mtuOnly }];
  const steps: PfStep[] = mtuOnly
    ? [...check, ...mtuSteps(mtu), ...presenceSteps(count)]
    : [
        ...check,
        ...removalSteps(pf.existing),
        ...mtuSteps(mtu),
        ...creationSteps(count),
        ...arrivalSteps(count, pf.expectNetdevs),
      ];
  return steps.map((step) => timed(step, pf, deadlines));
}

function unpersistTo(before: Persisted | null, now: Persisted | null): Step[] {
  if (before === null) return now === null ? [] : [{ kind: 'unpersist' }];
  const isSame =
    now !== null &&
    now.count === before.count &&
    now.mtu === before.mtu &&
    JSON.stringify(now.identity) === JSON.stringify(before.identity);
  return isSame ? [] : [{ kind: 'persist', ...before }];
}

function isRecord(step: PfStep | RecordStep): step is RecordStep {
  return step.kind === 'journal' || step.kind === 'persist' || step.kind === 'unpersist' || step.kind === 'settle';
}

function recorded(step: RecordStep, { identity }: PlannedPf, journal: Journal): Step {
  switch (step.kind) {
    case 'journal':
      return { kind: 'journal', journal };
    case 'persist':
      return { ...step, identity, mtu: journal.mtu };
    case 'settle':
      return { kind: 'settle', settlement: appliedSettlement(journal) };
    case 'unpersist':
      return step;
  }
}

/** Each step has the time its driver may take for the VFs it makes or removes. */
function timed(step: PfStep, { driver, existing }: PlannedPf, { overrideMs }: Deadlines): Step {
  const limit = (vfs: number) => deadlineMs({ driver, vfs, overrideMs });
  switch (step.kind) {
    case 'write':
      return { ...step, deadlineMs: limit(step.count === 0 ? existing : step.count) };
    case 'await-no-vfs':
      return { ...step, deadlineMs: limit(existing) };
    case 'await-vfs':
    case 'await-netdevs':
      return { ...step, deadlineMs: limit(step.count) };
    case 'read-back':
      return { ...step, deadlineMs: READ_DEADLINE_MS };
    case 'check-holders':
    case 'set-mtu':
    case 'read-back-mtu':
    case 'pf-up':
      return step;
  }
}
