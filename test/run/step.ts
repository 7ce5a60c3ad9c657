import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOwnProcess } from '../servers/own-process.ts';
import { type Counts, countTests } from './counts.ts';

/** One command of the test run. */
export type Step = {
  name: string;
  /** Without a shell, from the repository's root, with the tools of node_modules in the path. */
  command: readonly string[];
  /** Added to the environment; undefined takes a variable away. */
  env?: NodeJS.ProcessEnv;
  /** Why it cannot run: `skipped` because this machine lacks something, `failed` because something else failed. */
  blocked?: { as: 'skipped' | 'failed'; reason: string } | undefined;
};

export type StepResult = Counts & { name: string; seconds: number; log: string };

export type StepPlace = { root: string; logs: string; signal: AbortSignal };

/** Runs a step to its end, its output into the file `log`. Aborting ends it and everything it started, as a failure. */
export async function runStep(
  { name, command: [command = '', ...args], env = {}, blocked }: Step,
  { root, logs, signal }: StepPlace,
): Promise<StepResult> {
  mkdirSync(logs, { recursive: true });
  const file = join(logs, name.replaceAll(/[^a-z0-9]+/gi, '-'));
  const log = `${file}.log`;
  const vitestJson = `${file}.json`;
  for (const old of [log, vitestJson]) rmSync(old, { force: true });
  if (blocked) {
    writeFileSync(log, `${blocked.reason}\n`);
    const counts = blocked.as === 'failed' ? { failed: 1, skipped: [] } : { failed: 0, skipped: [blocked.reason] };
    return { name, seconds: 0, log, passed: 0, ...counts };
  }

  const started = performance.now();
  const isVitest = command === 'vitest';
  const child = startOwnProcess({
    name,
    command,
    args: isVitest ? [...args, '--reporter=default', '--reporter=json', `--outputFile.json=${vitestJson}`] : args,
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`, ...env },
    log,
    deathSignal: 'SIGTERM',
  });
  const end = () => void child.end();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const ending = await child.ended;
  signal.removeEventListener('abort', end);
  const counts = countTests({
    ending,
    output: readFileSync(log, 'utf8'),
    vitestReport: existsSync(vitestJson) ? readFileSync(vitestJson, 'utf8') : undefined,
  });
  return { name, seconds: (performance.now() - started) / 1000, log, ...counts };
}
