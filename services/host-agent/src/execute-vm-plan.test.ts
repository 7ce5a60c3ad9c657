import { silentLog } from '@vfleet/process/log';
import { expect, it } from 'vitest';
import type { VmStep } from './core/vm-step.ts';
import { executeAll, executeVmPlan } from './execute-vm-plan.ts';
import { keyedLock } from './keyed-lock.ts';
import type { VmWalking } from './vm-walk.ts';

const [FAST, SLOW] = ['0000:05:00.0', '0000:06:00.0'] as const;
const up = (pfAddress: string): VmStep => ({ kind: 'pf-up', pfAddress });
const RESUME: VmStep = { kind: 'resume', deadlineMs: 1 };

/** A walk on a machine where only PFs are set up and domains resumed; what is called is in `calls`. */
function walkOn(pfUp: (pf: string) => Promise<void>, stopped: () => 'overtaken' | null = () => null) {
  const calls: string[] = [];
  const walking = {
    host: {
      setPfUp: async (pf: string) => {
        calls.push(pf);
        await pfUp(pf);
      },
    },
    guests: {
      resume: async () => {
        calls.push('resume');
        return { kind: 'done' };
      },
    },
    pfLock: keyedLock(),
    vm: { id: 'vm1', name: 'vm1' },
    log: silentLog,
    stopped,
  } as unknown as VmWalking;
  return { calls, walking };
}

it('works PFs side by side, and goes on when all are done', async () => {
  const release = Promise.withResolvers<void>();
  const { calls, walking } = walkOn((pf) => (pf === SLOW ? release.promise : Promise.resolve()));
  const walk = executeVmPlan([up(SLOW), up(FAST), up(FAST), RESUME], walking);
  await expect.poll(() => calls).toEqual([SLOW, FAST, FAST]);
  release.resolve();
  expect(await walk).toEqual({ kind: 'done' });
  expect(calls.at(-1)).toBe('resume');
});

it('a failure on one PF lets no further step begin on another, and is told when nothing is under way', async () => {
  const release = Promise.withResolvers<void>();
  let isUnderWay = false;
  const { calls, walking } = walkOn(async (pf) => {
    if (pf === FAST) throw new Error('ip is gone');
    isUnderWay = true;
    await release.promise;
    isUnderWay = false;
  });
  const walk = executeVmPlan([up(SLOW), up(FAST), up(SLOW), RESUME], walking);
  await expect.poll(() => calls).toEqual([SLOW, FAST]);
  release.resolve();
  expect(await walk).toMatchObject({ kind: 'failed', failures: [{ kind: 'host-fault' }] });
  expect(isUnderWay).toBe(false);
  expect(calls).toEqual([SLOW, FAST]);
});

it('tells all that failed side by side', async () => {
  const { walking } = walkOn(async (pf) => {
    throw new Error(`no ${pf}`);
  });
  expect(await executeVmPlan([up(FAST), up(SLOW)], walking)).toMatchObject({ failures: [{}, {}] });
});

it('stops on all PFs when it is overtaken', async () => {
  const { calls, walking } = walkOn(
    async () => {},
    () => (calls.length >= 2 ? 'overtaken' : null),
  );
  expect(await executeVmPlan([up(FAST), up(SLOW), up(FAST), up(SLOW), RESUME], walking)).toEqual({
    kind: 'stopped',
    by: 'overtaken',
  });
  expect(calls).toHaveLength(2);
});

it('takes everything back, whatever failed before', async () => {
  const { calls, walking } = walkOn(async (pf) => {
    if (pf === FAST) throw new Error('ip is gone');
  });
  expect(await executeAll([up(FAST), up(FAST), up(SLOW), RESUME], walking)).toHaveLength(2);
  expect(calls.toSorted()).toEqual([FAST, FAST, SLOW, 'resume'].toSorted());
});
