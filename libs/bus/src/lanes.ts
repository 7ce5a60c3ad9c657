export type Lanes = {
  /** Runs the task when every earlier one of its key has ended; without a key, at once. */
  run<Result>(key: string | null, task: () => Promise<Result>): Promise<Result>;
};

/** Lets tasks of one key run one at a time, in the order they came, and those of different keys side by side. */
export function lanes(): Lanes {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, task) {
      if (key === null) return task();
      const before = last.get(key);
      const running = before ? before.then(task) : task();
      const ended = running.then(
        () => undefined,
        () => undefined,
      );
      last.set(key, ended);
      void ended.then(() => last.get(key) === ended && last.delete(key));
      return running;
    },
  };
}
