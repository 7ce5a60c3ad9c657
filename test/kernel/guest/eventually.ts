import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 180_000;

/** Waits until an assertion holds; throws its last error when it does not within three minutes: the guest may be a hundred times slower than its host. */
export async function eventually(assertion: () => Promise<void>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await delay(200);
  }
}
