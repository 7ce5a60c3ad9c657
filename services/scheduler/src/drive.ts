import type { Deciding } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Asks } from './asks.ts';
import type { SchedulerSettings } from './config.ts';
import { advance, staysAt } from './core/advance.ts';
import type { Happening, HostAnswer } from './core/happening.ts';
import { withClaimsLeft } from './core/leave-host.ts';
import type { Placement } from './core/placement.ts';
import { PLACEMENT_TABLE } from './core/placement-table.ts';
import { STEPS, type StepName } from './core/steps.ts';
import { leased } from './core/wake.ts';
import type { KeptPicks } from './kept-picks.ts';
import { putPlacement } from './put-placement.ts';
import { leave } from './steps/host-steps.ts';
import type { Doing, Step } from './steps/step.ts';

/** A placement that changes meanwhile is read and decided again so often; then the sweep comes back to it. */
const ATTEMPTS = 8;

/**
 * What an event means to a placement. `learnt`: something it may wait for has come true. `noted`: it is kept, and what
 * follows from it waits until the placement is looked at again.
 */
export type Taken =
  | { kind: 'answered'; answer: HostAnswer }
  | { kind: 'happened'; happening: Happening }
  | { kind: 'learnt' | 'noted'; placement: Placement };

/** Carries placements forward: does the steps of their state, puts the next one, until something must be awaited. */
export type Drive = {
  /** A placement as this process puts it, to drive it from there. */
  lease(placement: Placement): Placement;
  /** Goes on, in the background, with a placement that this process has just put into its state. */
  goOn(stored: Stored<Placement>): void;
  /** Goes through the steps of a state again, from the first: whoever did before may have died. */
  again(stored: Stored<Placement>): Promise<void>;
  /** Takes in what happened to a placement, as it is now, and goes on from there. Throws what keeps it from that. */
  take(vmId: string, means: (placement: Placement) => Taken | undefined): Promise<void>;
  /** Asks again for claims that were given up, now that some may be gone. */
  look(stored: Stored<Placement>): Promise<void>;
  /** When this process first told a host the step a placement is at; undefined when it did not. */
  toldAt(placement: Placement): number | undefined;
  /** Resolves when nothing is driven any more, or after `withinMs`. */
  close(withinMs: number): Promise<void>;
};

type Run = { stored: Stored<Placement>; doing: Doing; from: number };

export function makeDrive({
  process,
  placements,
  asks,
  steps,
  picks,
  clock,
  log,
  settings,
}: {
  /** Tells this process from all others, also from its successor. */
  process: string;
  placements: Deciding<Placement>;
  asks: Asks;
  steps: Record<StepName, Step>;
  picks: KeptPicks;
  clock: Clock;
  log: Log;
  settings: Pick<SchedulerSettings, 'againMs' | 'leavingMs'>;
}): Drive {
  const underWay = new Set<Promise<void>>();
  const told = new Map<string, { step: number; at: number }>();
  let leases = 0;

  /** Each lease is another: so that it shows when the placement was taken over meanwhile, by whomever. */
  function lease(placement: Placement): Placement {
    const at = (ms: number) => new Date(clock.now() + ms).toISOString();
    const by = `${process}.${++leases}`;
    return leased(placement, { by, until: at(settings.againMs), later: at(settings.leavingMs) });
  }

  async function carry(run: Run | undefined): Promise<void> {
    for (let current = run; current; ) current = await onward(current);
  }

  /** Goes through a state and enters the next one; undefined when something is awaited. */
  async function onward(run: Run): Promise<Run | undefined> {
    try {
      const happening = await goThrough(run);
      if (happening) return await enterNext(run, happening);
      await keepProof(run);
      return undefined;
    } catch (problem) {
      picks.givenUp(run.doing.placement);
      throw problem;
    }
  }

  /** Does the steps of the state; undefined when something is awaited. */
  async function goThrough({ doing, from }: Run): Promise<Happening | undefined> {
    const all = PLACEMENT_TABLE[doing.placement.state].steps;
    if (all.length === 0) return undefined;
    for (const name of all.slice(from)) {
      const { vmId, step } = doing.placement;
      const result = await steps[name](doing);
      if (STEPS[name].awaitsHost) doing.isFresh = false;
      if ('placement' in result && result.placement) doing.placement = result.placement;
      if (result.kind === 'happened') return result.happening;
      if (result.kind === 'told' && told.get(vmId)?.step !== step) told.set(vmId, { step, at: clock.now() });
      if (result.kind !== 'done') return undefined;
      if (result.resolved) doing.resolved = result.resolved;
    }
    return { kind: 'passed', answer: doing.answer };
  }

  async function enterNext({ stored, doing }: Run, happening: Happening): Promise<Run | undefined> {
    let [read, placement] = [stored, doing.placement];
    let what: Happening | undefined = happening;
    if (happening.kind !== 'chosen') picks.givenUp(placement);
    for (let attempt = 1; what && attempt <= ATTEMPTS; attempt++) {
      const next = advance(placement, what, { now: isoNow(clock) });
      if (!next) return undefined;
      const put = await putPlacement(placements, read, lease(next));
      if (put) return entered(put, staysAt(placement, next));
      picks.givenUp(next);
      const now = await placements.documents.get(stored.id);
      if (!now || !isSamePosition(now.body, doing.placement)) return undefined;
      const { at, to, plug, vm } = doing.placement;
      [read, placement] = [now, { ...now.body, at, to, plug, vm }];
      if (now.body.lease?.by !== stored.body.lease?.by) what = whenTakenOver(what);
    }
    if (what) throw new Error(`placement of VM ${doing.placement.vmName} was changed by others ${ATTEMPTS} times`);
    return undefined;
  }

  function entered(stored: Stored<Placement>, stays: boolean): Run | undefined {
    const placement = stored.body;
    told.delete(placement.vmId);
    if (placement.leaving.length > 0 && !tendsItself(placement)) background(() => tend(stored));
    return stays ? undefined : { stored, doing: { placement, isFresh: true }, from: 0 };
  }

  /** That a VM is gone from a host, and that an attempt is over there, was told once: it is kept. */
  async function keepProof({ stored, doing }: Run): Promise<void> {
    const { leaving } = doing.placement;
    if (proofs(leaving) === proofs(stored.body.leaving)) return;
    await putPlacement(placements, stored, lease({ ...stored.body, leaving }));
  }

  /** Has what was left on other hosts ended beside what is done with the placement. */
  async function tend(stored: Stored<Placement>): Promise<void> {
    const { leaving } = (await leave(asks, stored.body)).left;
    if (JSON.stringify(leaving) === JSON.stringify(stored.body.leaving)) return;
    await take(stored.id, (placement) => {
      if (tendsItself(placement)) return undefined;
      return { kind: 'learnt', placement: withClaimsLeft(placement, { asked: stored.body.leaving, left: leaving }) };
    });
  }

  async function take(vmId: string, means: (placement: Placement) => Taken | undefined): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const stored = await placements.documents.get(vmId);
      const taken = stored && means(stored.body);
      if (!taken) return;
      const placement = 'placement' in taken ? taken.placement : stored.body;
      const doing: Doing = { placement, isFresh: false };
      if (taken.kind === 'happened') return carry(await enterNext({ stored, doing, from: 0 }, taken.happening));
      if (taken.kind === 'answered') {
        doing.answer = taken.answer;
        const from = PLACEMENT_TABLE[placement.state].steps.findIndex((step) => STEPS[step].awaitsHost) + 1;
        return carry({ stored, doing, from });
      }
      if (taken.kind === 'learnt' && tendsItself(placement)) return carry({ stored, doing, from: 0 });
      // Whoever drives it is left to it, unless something is to be tried again soon.
      const isDriven = PLACEMENT_TABLE[placement.state].steps.length > 0 && taken.kind === 'learnt';
      const put = await putPlacement(placements, stored, isDriven ? placement : lease(placement));
      if (put && taken.kind === 'noted') told.delete(vmId);
      if (put && taken.kind === 'learnt' && put.body.leaving.length > 0) background(() => tend(put));
      if (put) return;
    }
    throw new Error(`placement of VM ${vmId} was changed by others ${ATTEMPTS} times`);
  }

  function background(work: () => Promise<void>): void {
    const done = work()
      .catch((problem: unknown) => log.warn({ problem }, 'A placement could not be driven on; it is tried again'))
      .finally(() => underWay.delete(done));
    underWay.add(done);
  }

  return {
    lease,
    goOn: (stored) => background(() => carry({ stored, doing: { placement: stored.body, isFresh: true }, from: 0 })),
    again: async (stored) => {
      const put = await putPlacement(placements, stored, lease(stored.body));
      if (!put) return;
      if (!tendsItself(put.body) && put.body.leaving.length > 0) background(() => tend(put));
      await carry({ stored: put, doing: { placement: put.body, isFresh: false }, from: 0 });
    },
    take,
    look: async (stored) => {
      const [first] = PLACEMENT_TABLE[stored.body.state].steps;
      if (first === 'release-hosts' || first === 'release-plug') {
        await carry({ stored, doing: { placement: stored.body, isFresh: false }, from: 0 });
      } else if (first !== 'stop-hosts') await tend(stored);
    },
    toldAt: ({ vmId, step }) => {
      const last = told.get(vmId);
      return last?.step === step ? last.at : undefined;
    },
    close: async (withinMs) => {
      const enough = new AbortController();
      const patience = clock.sleep(withinMs, enough.signal).catch(() => undefined);
      await Promise.race([Promise.all(underWay), patience]);
      enough.abort();
    },
  };
}

/** A state that waits for what was left on hosts sees to it itself. */
function tendsItself({ state }: Placement): boolean {
  const [first] = PLACEMENT_TABLE[state].steps;
  return first === 'stop-hosts' || first === 'release-hosts';
}

function isSamePosition(one: Placement, other: Placement): boolean {
  return one.placementId === other.placementId && one.state === other.state && one.step === other.step;
}

/** What happened to a state that somebody has taken over since: hosts may have been told of it. */
function whenTakenOver(happening: Happening): Happening | undefined {
  if (happening.kind === 'never-told') return undefined;
  return 'isFresh' in happening ? { ...happening, isFresh: false } : happening;
}

function proofs(leaving: Placement['leaving']): string {
  return JSON.stringify(leaving.map(({ host, attempt, isGone, stop }) => [host.id, attempt, isGone, stop]));
}
