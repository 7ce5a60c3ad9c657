import type { Machine } from './machine.ts';

/** Changes settle this long before a watcher is called, as with netlink's bursts. */
const DEBOUNCE_MS = 100;

/** Resolves when anything of the machine changes. */
export function nextChange(machine: Machine): Promise<void> {
  return new Promise((resolve) => {
    const stop = machine.onChange(() => {
      stop();
      resolve();
    });
  });
}

/** Lets milliseconds of the scenario pass; none at all where it has no time. */
export async function pass(machine: Machine, ms: number): Promise<void> {
  await passUntil(machine, machine.clock.now() + machine.scaled(ms));
}

/** Waits until a time of the machine's clock, which may be over. */
export async function passUntil(machine: Machine, at: number): Promise<void> {
  const ms = at - machine.clock.now();
  if (ms > 0) await machine.sleep(ms);
}

/** Waits as long as something of the machine holds up what is done. */
export async function whileHeldUp(machine: Machine, isHeldUp: () => boolean): Promise<void> {
  while (isHeldUp()) await nextChange(machine);
}

/** Calls back, debounced, when the machine changes and `isOther` says it matters; answers how to stop. */
export function watch(machine: Machine, onChange: () => void, isOther: () => boolean = () => true): () => void {
  let isPending = false;
  let isStopped = false;
  const stop = machine.onChange(() => {
    if (isPending || !isOther()) return;
    isPending = true;
    void machine.sleep(DEBOUNCE_MS).then(() => {
      isPending = false;
      if (!isStopped) onChange();
    });
  });
  return () => {
    isStopped = true;
    stop();
  };
}
