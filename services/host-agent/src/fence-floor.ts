import type { Clock } from '@vfleet/process/clock';
import type { StateFiles } from './state-files.ts';
import { within } from './within.ts';

/** The fence floor of this host, as it is told after every connection. */
export type FenceFloor = {
  /** Null until it was told since contact was gained. Never lower than it was ever told. */
  known(): number | null;
  /**
   * Takes a floor in; resolves when it is kept. It is known by one that answers this contact: another may have been read
   * before contact was gained. Null is of a service that does not say.
   */
  learn(floor: number, contact: string | null): Promise<void>;
  /** Names this contact: no other one of any process of this agent has the same. */
  contact(): string;
  /** Waits for it, but not longer than `ms`. */
  awaited(ms: number): Promise<void>;
  /** Contact is lost: what is true after it has to be told anew. */
  forget(): void;
};

/** Opens the floor of an agent in its `boot`th start. */
export async function fenceFloor(
  files: Pick<StateFiles, 'floor' | 'keepFloor'>,
  { boot, clock }: { boot: number; clock: Clock },
): Promise<FenceFloor> {
  let highest = await files.floor();
  let isKnown = false;
  let contacts = 0;
  let told = Promise.withResolvers<void>();
  const named = () => `${boot}.${contacts}`;

  return {
    known: () => (isKnown ? highest : null),
    contact: named,
    learn: async (floor, answered) => {
      const contact = named();
      if (floor > highest) {
        await files.keepFloor(floor);
        highest = Math.max(highest, floor);
      }
      if (contact !== named() || (answered ?? contact) !== contact) return;
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
