import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../servers/condition.ts';
import { startOwnProcess } from '../servers/own-process.ts';
import { median } from './measure.ts';
import type { Table } from './table.ts';

const ROUNDS = 7;
const root = join(import.meta.dirname, '../..');

/** `npm start` until it says it is ready, and the memory it takes then, with the demo fleet. Aim: under 2 seconds. */
export async function benchStart(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'vfleet-bench-'));
  const samples = {
    first: [] as number[],
    again: [] as number[],
    rss: [] as number[],
    npm: [] as number[],
    bare: [] as number[],
  };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const data = join(folder, `data-${round}`);
      const first = await start(data, join(folder, `first-${round}.log`));
      const again = await start(data, join(folder, `again-${round}.log`));
      samples.first.push(first.ms);
      samples.again.push(again.ms);
      samples.rss.push(again.rss);
      samples.npm.push(timeOf(['npm', 'exec', '--', 'node', '-e', '0']));
      samples.bare.push(Number(execFileSync(process.execPath, ['-p', 'process.memoryUsage().rss'])) / 1e6);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const npm = { what: 'npm and Node doing nothing', value: median(samples.npm) };
  return {
    title: '`npm start` to ready, with the demo fleet; aim: under 2 s',
    figures: [
      { what: 'first start, empty folder', value: median(samples.first), unit: 'ms', against: npm },
      { what: 'later start', value: median(samples.again), unit: 'ms', against: npm },
      {
        what: 'RSS when ready',
        value: median(samples.rss),
        unit: 'MB',
        against: { what: 'Node doing nothing', value: median(samples.bare) },
      },
    ],
  };
}

async function start(data: string, log: string): Promise<{ ms: number; rss: number }> {
  const started = performance.now();
  const system = startOwnProcess({
    name: 'npm start',
    command: 'npm',
    args: ['start'],
    cwd: root,
    env: { ...process.env, VFLEET_DATA: data, PORT: '0' },
    log,
    deathSignal: 'SIGTERM',
  });
  try {
    const ready = async () => {
      system.check();
      return readFileSync(log, 'utf8').includes('VFleet is ready at ');
    };
    await until(ready, { what: 'npm start', withinMs: 60_000, everyMs: 2 });
    return { ms: performance.now() - started, rss: rssOf(data) };
  } finally {
    await system.end();
  }
}

/** The system is the process of the largest memory among those that were told to keep their data there. */
function rssOf(data: string): number {
  const sizes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`VFLEET_DATA=${data}\0`)) return 0;
        return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
      } catch {
        return 0;
      }
    });
  return Math.max(...sizes);
}

function timeOf([command = '', ...args]: readonly string[]): number {
  const started = performance.now();
  execFileSync(command, args, { cwd: root, stdio: 'ignore' });
  return performance.now() - started;
}
