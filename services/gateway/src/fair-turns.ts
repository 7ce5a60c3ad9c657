/**
 * Runs the work when its line has a turn and resolves as the work does; undefined, and the work never runs, when too
 * many of the line wait already.
 */
export type FairTurns = <T>(line: string, work: () => Promise<T>) => Promise<T> | undefined;

type Line = { busy: boolean; waiting: (() => Promise<void>)[] };

/**
 * Shares `atOnce` places among lines: one piece of work of a line at a time, in the order it came, and the lines one
 * after another, so that a long line holds up nobody but itself. Of each line `mostWaiting` wait besides the one that
 * runs.
 */
export function fairTurns({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }): FairTurns {
  // In the order in which they have their next turn.
  const lines = new Map<string, Line>();
  let running = 0;

  return (name, work) => {
    const line = lines.get(name) ?? { busy: false, waiting: [] };
    if (line.waiting.length >= mostWaiting) return undefined;
    lines.set(name, line);
    return new Promise((resolve, reject) => {
      line.waiting.push(() => work().then(resolve, reject));
      startNext();
    });
  };

  function startNext(): void {
    if (running >= atOnce) return;
    for (const [name, line] of lines) {
      const start = line.busy ? undefined : line.waiting.shift();
      if (!start) continue;
      void run(name, line, start);
      return;
    }
  }

  async function run(name: string, line: Line, start: () => Promise<void>): Promise<void> {
    line.busy = true;
    running++;
    await start();
    running--;
    line.busy = false;
    lines.delete(name);
    if (line.waiting.length > 0) lines.set(name, line);
    startNext();
  }
}
