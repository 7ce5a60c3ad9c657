import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from './condition.ts';
import { startOwnProcess } from './own-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'vfleet-own-process-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function startNode(name: string, program: string, deathSignal?: 'SIGTERM') {
  const log = join(directory, name);
  const started = startOwnProcess({
    name,
    command: process.execPath,
    args: ['-e', program],
    env: {},
    log,
    ...(deathSignal ? { deathSignal } : {}),
  });
  return { ...started, log };
}

describe('startOwnProcess', () => {
  it('tells how it ended, with its output in the log', async () => {
    const child = startNode('ends', 'console.log("out"); console.error("err"); process.exit(3)');
    expect(await child.ended).toBe(3);
    expect(readFileSync(child.log, 'utf8')).toBe('out\nerr\n');
    expect(child.check).toThrow(/ends ended \(3\): out\nerr/);
    await child.end();
  });

  it('ends with its whole process group', async () => {
    const program = `
      const { spawn } = require('node:child_process');
      const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      console.log(grandchild.pid);
      setInterval(() => {}, 1000);
    `;
    const child = startNode('group', program);
    await until(async () => readFileSync(child.log, 'utf8').endsWith('\n'), {
      what: 'the grandchild',
      withinMs: 20_000,
    });
    const grandchild = Number(readFileSync(child.log, 'utf8'));
    child.check();
    await child.end();
    expect(await child.ended).toBe('SIGKILL');
    await until(async () => isGone(grandchild), { what: 'the end of the grandchild', withinMs: 20_000 });
  });

  it('lets it clean up where its death signal is SIGTERM', async () => {
    const program = `
      process.on('SIGTERM', () => { console.log('cleaned'); process.exit(0); });
      setInterval(() => {}, 1000);
      console.log('ready');
    `;
    const child = startNode('clean', program, 'SIGTERM');
    await until(async () => readFileSync(child.log, 'utf8') === 'ready\n', { what: 'the child', withinMs: 20_000 });
    await child.end();
    expect(readFileSync(child.log, 'utf8')).toBe('ready\ncleaned\n');
  });

  it('is ended by the kernel when we are killed', async () => {
    const parent = startNode(
      'parent',
      `import(${JSON.stringify(join(import.meta.dirname, 'own-process.ts'))}).then(({ startOwnProcess }) => {
        startOwnProcess({ name: 'child', command: process.execPath, log: ${JSON.stringify(join(directory, 'child'))}, env: {},
          args: ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'] });
      }); setInterval(() => {}, 1000);`,
    );
    const childLog = () => readFileSync(join(directory, 'child'), 'utf8');
    await until(async () => existsWith(childLog), { what: 'the child', withinMs: 20_000 });
    const child = Number(childLog());
    await parent.end();
    await until(async () => isGone(child), { what: 'the end of the child', withinMs: 20_000 });
  });
});

function existsWith(read: () => string): boolean {
  try {
    return read().endsWith('\n');
  } catch {
    return false;
  }
}

/** Gone or a zombie that nobody has waited for yet. */
function isGone(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
