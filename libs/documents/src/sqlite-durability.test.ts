import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { THINGS } from './conformance/thing.ts';
import { openSqlite } from './sqlite.ts';

const CHILD = fileURLToPath(new URL('sqlite-durability.child.ts', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vfleet-durability-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Starts a writing process, kills it with -9 after `answers` answers and tells the newest version answered of each id. */
async function killWhileWriting(prefix: string, answers: number): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [CHILD, folder, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const answered = new Map<string, number>();
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [id, version] = line.split(' ');
    if (!id || !version) continue; // cut by the kill
    answered.set(id, Number(version));
    if (++count === answers) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return answered;
}

describe('kill -9 in the middle of writes', () => {
  it('loses nothing that was answered, and the next start gets the folder', async () => {
    const answered = new Map<string, number>();
    for (const [round, answers] of [50, 333, 1000].entries()) {
      for (const [id, version] of await killWhileWriting(`r${round}`, answers)) answered.set(id, version);
      const store = await openSqlite({ folder });
      const things = await store.open(THINGS);
      for (const [id, version] of answered) {
        const stored = await things.get(id);
        expect(stored?.version ?? 0, id).toBeGreaterThanOrEqual(version);
        expect(stored?.body.count, id).toBe((stored?.version ?? 0) - 1);
        expect((await things.find('name', id, { limit: 1 }))[0]?.version, id).toBe(stored?.version);
      }
      await store.close();
    }
  }, 60_000);

  it('is needed to take the folder from a running process: a second start is refused', async () => {
    const child = spawn(process.execPath, [CHILD, folder, 'x'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    await expect(openSqlite({ folder })).rejects.toThrow(`in use by process ${child.pid} `);
    child.kill('SIGKILL');
    await exited;
    await (await openSqlite({ folder })).close();
  }, 60_000);
});
