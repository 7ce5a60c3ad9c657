import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A child that the kernel ends when this process dies in any way, so that an aborted test run leaves nothing behind. */
export type OwnProcess = {
  pid: number;
  /** Throws with the end of its output when it is no longer running. */
  check(): void;
  /** Ends it and its process group; resolves when it is gone. Idempotent. */
  end(): Promise<void>;
};

/**
 * Starts `command` without a shell, in its own process group: Ctrl-C in the terminal reaches us and not it. Its output
 * goes to the file `log`. `deathSignal` must end it without help; a command that changes its user after it was started
 * loses the kernel's promise (prctl(2), PR_SET_PDEATHSIG) and has to renew it itself.
 */
export function startOwnProcess({
  name,
  command,
  args,
  env,
  log,
  deathSignal = 'SIGKILL',
}: {
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  log: string;
  deathSignal?: 'SIGKILL' | 'SIGQUIT';
}): OwnProcess {
  const output = openSync(log, 'a');
  const child = spawn('setpriv', ['--pdeathsig', deathSignal.slice(3), command, ...args], {
    env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  let ending: string | undefined;
  const gone = new Promise<void>((resolve) => {
    const end = (how: string) => {
      ending ??= how;
      resolve();
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `exit status ${code}`));
  });
  return {
    pid: child.pid ?? -1,
    check() {
      if (ending) throw new Error(`${name} ended (${ending}): ${tail(log)}`);
    },
    async end() {
      if (!ending && child.pid) process.kill(-child.pid, deathSignal);
      await gone;
    },
  };
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
