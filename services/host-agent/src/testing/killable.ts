import type { Clock } from '@vfleet/process/clock';

/** Where a process is killed: at its nth call to the outside, before that call has its effect or after. */
export type Death = { atCall: number; when: 'before' | 'after' };

/** What keeps one process of an agent from its surroundings once it is dead. */
export type Mortal = {
  /** Everything a process calls goes through here; after its death no call has an effect or returns. */
  part<Part extends object>(part: Part): Part;
  clock(clock: Clock): Clock;
  die(): void;
  /** Lets it die at one of its next calls; `died` is called then. */
  dieSoon(death: { inCalls: number; when: Death['when'] }, died: () => void): void;
  calls(): number;
  isDead(): boolean;
};

/** A process that dies at once, without any of its cleaning up, as by kill -9 or a loss of power. */
export function mortal(first: Death | null = null): Mortal {
  let death = first;
  let calls = 0;
  let isDead = false;
  let died = () => {};
  const never = new Promise<never>(() => {});

  function call(work: () => unknown): unknown {
    if (isDead) return never;
    calls++;
    const isTheLast = death !== null && calls === death.atCall;
    if (isTheLast && death?.when === 'before') {
      end();
      return never;
    }
    const result = work();
    if (!(result instanceof Promise)) return result;
    return result.then(
      (value) => {
        if (isTheLast) end();
        return isDead ? never : value;
      },
      (error) => {
        if (isTheLast) end();
        return isDead ? never : Promise.reject(error);
      },
    );
  }

  function end(): void {
    if (isDead) return;
    isDead = true;
    died();
  }

  return {
    part: (part) =>
      new Proxy(part, {
        get: (target, key) => {
          const member = Reflect.get(target, key) as unknown;
          if (typeof member !== 'function') return member;
          return (...given: unknown[]) => call(() => Reflect.apply(member, target, given));
        },
      }),
    clock: (clock) => ({
      now: () => clock.now(),
      sleep: async (ms, signal) => {
        await (isDead ? never : clock.sleep(ms, signal));
        if (isDead) await never;
      },
    }),
    die: end,
    dieSoon: ({ inCalls, when }, then) => {
      death = { atCall: calls + inCalls, when };
      died = then;
    },
    calls: () => calls,
    isDead: () => isDead,
  };
}
