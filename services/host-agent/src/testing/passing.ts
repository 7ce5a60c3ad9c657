import type { VirtualClock } from '@vfleet/process/virtual-clock';

/**
 * Waits for a promise while a virtual clock runs in steps. Throws when it does not settle within `limitMs` of the
 * clock, which is a hang of what is tested.
 */
export async function passing<Value>(
  clock: VirtualClock,
  promise: Promise<Value>,
  { stepMs = 100, limitMs = 3_600_000 }: { stepMs?: number; limitMs?: number } = {},
): Promise<Value> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => {});
  const end = clock.now() + limitMs;
  await clock.advance(0);
  while (!isSettled) {
    if (clock.now() >= end) throw new Error(`not settled within ${limitMs} ms of the virtual clock`);
    await clock.advance(stepMs);
  }
  return settled;
}

/** Lets a virtual clock run until a condition holds. Throws when it does not within `limitMs`. */
export async function until(
  clock: VirtualClock,
  condition: () => boolean | Promise<boolean>,
  { stepMs = 100, limitMs = 3_600_000 }: { stepMs?: number; limitMs?: number } = {},
): Promise<void> {
  const end = clock.now() + limitMs;
  await clock.advance(0);
  while (!(await condition())) {
    if (clock.now() >= end) throw new Error(`the condition did not come within ${limitMs} ms of the virtual clock`);
    await clock.advance(stepMs);
  }
}
