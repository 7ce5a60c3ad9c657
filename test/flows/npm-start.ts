import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY = /VFleet is ready at (http:\S+)/;

/** What `npm start` runs, as a process of its own on a free port. */
export type StartedSystem = {
  url: string;
  pid: number;
  /** Lines it printed, on stdout and stderr. */
  lines: string[];
  /** Ends it with a signal and waits for its end; answers the exit code, null after a kill. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
};

/** Starts the system, or a bundle of it, on a data folder and waits until it says that it is ready. */
export async function npmStart({
  dataFolder,
  env = {},
  program = 'services/embedded/start.mjs',
  args = [],
}: {
  dataFolder: string;
  env?: Record<string, string>;
  program?: string;
  args?: readonly string[];
}): Promise<StartedSystem> {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    cwd: ROOT,
    env: { ...process.env, VFLEET_DATA: dataFolder, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const closed = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    void closed.then((code) =>
      reject(new Error(`npm start ended with ${code} before it was ready:\n${lines.join('\n')}`)),
    );
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => lines.push(line));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      lines.push(line);
      const ready = READY.exec(line)?.[1];
      if (ready) resolve(ready);
    });
  });
  return {
    url,
    pid: child.pid ?? 0,
    lines,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
