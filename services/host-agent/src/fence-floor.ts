import type { Clock } from '@vfleet/process/clock';
import type { StateFiles } from './state-files.ts';
import { within } from './within.ts';

/** The fence floor of this host, as it is told after every connection. */
export type FenceFloor = {
  /** Null until it was told since contact was gained. Never lower than it was ever told. */
  known(): number | null;
  /** Takes a floor in; resolves when it is kept. */
  learn(floor: number): Promise<void>;
  /** Waits for it, but not longer than `ms`. */
  awaited(ms: number): Promise<void>;
  /** Contact is lost: what is true after it has to be told anew. */
  forget(): void;
};

export async function fenceFloor(files: Pick<StateFiles, 'floor' | 'keepFloor'>, clock: Clock): Promise<FenceFloor> {
  let highest = await files.floor();
  let isKnown = false;
  let contacts = 0;
  let told = Promise.withResolvers<void>();

  return {
    known: () => (isKnown ? highest : null),
    learn: async (floor) => {
      const contact = contacts;
      if (floor > highest) {
        await files.keepFloor(floor);
        highest = Math.max(highest, floor);
      }
      if (contact !== contacts) return;
      isKnown = true;
      told.resolve();
    },
    awaited: async (ms) => {
      if (!isKnown) await within(clock, ms, told.promise);
    },
    forget: () => {
      contacts++;
      if (isKnown) told = Promise.withResolvers<void>();
      isKnown = false;
    },
  };
}
