import { setTimeout as delay } from 'node:timers/promises';
import type { Topology } from '@vfleet/contracts/topology';
import type { VirtualClock } from '@vfleet/process/virtual-clock';
import type { Bus } from '../bus.ts';
import type { Patience } from '../patience.ts';

/** A broker as the suite needs it, empty, routing the suite's contracts, on a clock of the suite's. */
type SuiteBroker = {
  /** A process of its own on this broker. */
  connect(role?: 'service' | 'agent'): Promise<Bus>;
  /** The process dies at once: nothing it has is acked, answered or given back in good order. */
  kill(bus: Bus): Promise<void>;
  /** Ends every process, and leaves nothing on the broker. */
  close(): Promise<void>;
};

export type MakeBroker = (given: {
  topology: Topology;
  clock: VirtualClock;
  settings: { patience: Patience; prefetch: number };
}) => Promise<SuiteBroker>;

/** The suite's broker in one test. */
export type Bench = SuiteBroker & { clock: VirtualClock };

/** Three tries within 300 ms of the suite's clock. */
export const SUITE_SETTINGS = { patience: { firstDelayMs: 100, mostDelayMs: 200, totalMs: 300 }, prefetch: 8 };

const WITHIN_MS = 10_000;
const EVERY_MS = 5;
const STEP_MS = 10;

/** Waits until the assertion holds, the suite's clock standing still. */
export async function eventually(assertion: () => void | Promise<void>): Promise<void> {
  await poll(assertion, async () => {});
}

/** Waits until the assertion holds while the suite's clock runs on: for what is held, late or timed. */
export async function inTime({ clock }: Pick<Bench, 'clock'>, assertion: () => void | Promise<void>): Promise<void> {
  await poll(assertion, () => clock.advance(STEP_MS));
}

async function poll(assertion: () => void | Promise<void>, between: () => Promise<void>): Promise<void> {
  const end = performance.now() + WITHIN_MS;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await between();
    await delay(EVERY_MS);
  }
}
