import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AtomicFiles } from '../atomic-files.ts';

/**
 * Files of the machine's disk. A write goes to a temporary file beside its target, is synced, renamed over it, and the
 * folder is synced: without the last the rename itself may be lost with the power.
 */
export function diskFiles(dir: string): AtomicFiles {
  return {
    dir,
    read: (path) => absentIsNull(readFile(join(dir, path), 'utf8')),
    write: async (path, text, as) => {
      const target = join(dir, path);
      await makeFolder(dirname(target));
      const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
      await writeSynced(temporary, text, as === 'secret' ? 0o600 : await modeAt(target));
      await rename(temporary, target);
      await syncFolder(dirname(target));
    },
    remove: async (path) => {
      const target = join(dir, path);
      await rm(target, { force: true });
      await absentIsNull(syncFolder(dirname(target)));
    },
    list: async (folder) => (await absentIsNull(readdir(join(dir, folder)))) ?? [],
  };
}

async function writeSynced(path: string, text: string, mode: number): Promise<void> {
  // A file that a death left there keeps its mode: another is made.
  await rm(path, { force: true });
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whoever could not read a file before cannot read the one that takes its place. */
async function modeAt(path: string): Promise<number> {
  const there = await absentIsNull(stat(path));
  return there ? there.mode & 0o777 : 0o644;
}

/** A folder that was made is durable only when its parent is synced too. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made !== dirname(first); made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function absentIsNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
