import { chmod, mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** A folder that this process holds alone. */
export type HeldFolder = { path: string; release(): void };

/**
 * Makes the folder, for its owner only, and holds it against a second start. The lock is an open write transaction of
 * `lock.sqlite`, so a lock of the operating system: it ends with the process, however that ends. Throws when another
 * process, or this one, holds the folder already, naming who and what to do.
 */
export async function holdFolder(path: string, since: string): Promise<HeldFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  const lock = new DatabaseSync(join(path, 'lock.sqlite'), { timeout: 0 });
  try {
    lock.exec(`BEGIN IMMEDIATE;
      CREATE TABLE IF NOT EXISTS holder (pid INTEGER, machine TEXT, since TEXT) STRICT;
      DELETE FROM holder`);
    lock.prepare('INSERT INTO holder VALUES (?, ?, ?)').run(process.pid, hostname(), since);
    lock.exec('COMMIT; BEGIN IMMEDIATE');
  } catch (problem) {
    const refused = isBusy(problem) ? new Error(inUse(path, lock), { cause: problem }) : problem;
    lock.close();
    throw refused;
  }
  return { path, release: () => lock.close() };
}

function inUse(path: string, lock: DatabaseSync): string {
  return `The folder ${path} is in use by ${holder(lock)}. Stop that process, or start this one with another folder; two processes must never share one.`;
}

/** The holder's row is only told to people; it may not be there yet, or belong to the moment before. */
function holder(lock: DatabaseSync): string {
  try {
    const row = lock.prepare('SELECT pid, machine, since FROM holder').get();
    if (row) return `process ${row.pid} on ${row.machine}, since ${row.since}`;
  } catch (problem) {
    if (!isBusy(problem) && !/no such table/.test(String(problem))) throw problem;
  }
  return 'another process that is just starting';
}

function isBusy(problem: unknown): boolean {
  return problem instanceof Error && 'errcode' in problem && problem.errcode === SQLITE_BUSY;
}
