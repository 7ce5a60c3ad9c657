/** A running service. `problems` tells in words what keeps it from its work; an empty list means ready. */
export type Service = {
  problems(): Promise<string[]>;
  /** Stops taking work, lets what runs finish (bounded), and lets go of everything it opened. Idempotent. */
  close(): Promise<void>;
};
