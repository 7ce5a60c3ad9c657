import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs';

const SETPRIV = '/usr/bin/setpriv';
const GRACE_MS = 8_000;
/** What a shell says of a command that is not there. */
const NOT_STARTED = 127;

/** What ended a process: its exit status, or the signal that ended it. */
export type Ending = number | NodeJS.Signals;

/** A child that the kernel ends when this process dies in any way, so that an aborted test run leaves nothing behind. */
export type OwnProcess = {
  ended: Promise<Ending>;
  /** Throws with the end of its output when it is no longer running. */
  check(): void;
  /** Ends it and its process group, by force when it does not obey; resolves when it is gone. Idempotent. */
  end(): Promise<void>;
};

/**
 * Starts `command` without a shell, in its own process group: Ctrl-C in the terminal reaches us and not it. Its output
 * goes to the end of the file `log`. `deathSignal` is what ends it. A command that changes its user after it was started
 * loses the kernel's promise (prctl(2), PR_SET_PDEATHSIG) and has to renew it itself; so do its own children.
 */
export function startOwnProcess({
  name,
  command,
  args,
  cwd,
  env,
  log,
  deathSignal = 'SIGKILL',
}: {
  name: string;
  command: string;
  args: readonly string[];
  cwd?: string;
  env: NodeJS.ProcessEnv;
  log: string;
  deathSignal?: 'SIGKILL' | 'SIGQUIT' | 'SIGTERM';
}): OwnProcess {
  const guard = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', deathSignal.slice(3)] : [];
  const [file = command, ...rest] = [...guard, command, ...args];
  const output = openSync(log, 'a');
  const child = spawn(file, rest, { cwd, env, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  let ending: Ending | undefined;
  const ended = new Promise<Ending>((resolve) => {
    const end = (how: Ending) => {
      ending = how;
      resolve(how);
    };
    child.once('exit', (code, signal) => end(signal ?? code ?? 1));
    child.once('error', ({ message }) => {
      appendFileSync(log, `${message}\n`);
      end(NOT_STARTED);
    });
  });

  function kill(signal: NodeJS.Signals): void {
    if (ending !== undefined || !child.pid) return;
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      // it ended just now, and we are about to be told
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  return {
    ended,
    check() {
      if (ending !== undefined) throw new Error(`${name} ended (${ending}): ${tail(log)}`);
    },
    async end() {
      kill(deathSignal);
      const force = setTimeout(() => kill('SIGKILL'), GRACE_MS);
      await ended;
      clearTimeout(force);
    },
  };
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
