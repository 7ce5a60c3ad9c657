import type { Clock } from '@vfleet/process/clock';
import { within } from '../../within.ts';

const POLL_MS = 500;

/** A time by which something is to be over. */
export type Deadline = {
  left(): number;
  /** Waits for a promise until then. */
  within<Value>(promise: Promise<Value>): Promise<{ inTime: true; value: Value } | { inTime: false }>;
  /** Asks again and again until it is so; false when it is not by then. `hurry` has it asked at once. */
  until(isSo: () => Promise<boolean>, hurry?: () => Promise<unknown>): Promise<boolean>;
};

/** The deadline that is so many milliseconds away. */
export function deadlineIn(clock: Clock, ms: number): Deadline {
  const end = clock.now() + ms;
  const left = () => Math.max(0, end - clock.now());
  return {
    left,
    within: (promise) => within(clock, left(), promise),
    until: async (isSo, hurry) => {
      while (!(await isSo())) {
        if (left() === 0) return false;
        const pause = new AbortController();
        const slept = clock.sleep(Math.min(POLL_MS, left()), pause.signal).catch(() => {});
        await (hurry ? Promise.race([slept, hurry()]) : slept);
        pause.abort();
      }
      return true;
    },
  };
}
