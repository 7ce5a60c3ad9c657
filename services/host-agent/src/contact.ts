import type { Clock } from '@vfleet/process/clock';

/** Whether the agent can speak and is spoken to, as its subscription tells. */
export type Contact = {
  isThere(): boolean;
  /** Milliseconds since contact was lost, or since the start while there was none; 0 while it is there. */
  lostForMs(): number;
  gained(): void;
  lost(): void;
};

export function contactOn(clock: Clock): Contact {
  let lostAt: number | null = clock.now();
  return {
    isThere: () => lostAt === null,
    lostForMs: () => (lostAt === null ? 0 : clock.now() - lostAt),
    gained: () => {
      lostAt = null;
    },
    lost: () => {
      lostAt ??= clock.now();
    },
  };
}
