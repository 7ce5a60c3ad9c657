/** What the command line needs of the process it runs in. */
export type Surroundings = {
  env: Readonly<Record<string, string | undefined>>;
  out: (text: string) => void;
  err: (text: string) => void;
  readFile: (path: string) => string;
  /** Aborts when the person interrupts. */
  signal: AbortSignal;
  fetch?: typeof fetch;
  sleep?: (ms: number) => Promise<unknown>;
};

/** How a command ended, for scripts. */
export const EXIT = { done: 0, refused: 1, usage: 2, notSettled: 3 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];
