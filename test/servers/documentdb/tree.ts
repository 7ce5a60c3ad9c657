import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, debianMirror, installed } from '../debian.ts';
import type { Unavailable } from '../provided.ts';

const run = promisify(execFile);
/** The first Debian suite that carries the DocumentDB extension. */
const SUITE = 'forky';
const PACKAGE = 'postgresql-18-documentdb';
export const POSTGRES_BIN = '/usr/lib/postgresql/18/bin';

/** A Debian system in a directory, and the numeric user and group of its `postgres`, who is unknown on this machine. */
export type Tree = { directory: string; user: string; group: string };

/**
 * The directory with PostgreSQL and DocumentDB, made once (about a minute) and kept in the cache. A tree is made aside
 * and moved into place when complete, so that an interrupted run leaves no half of one.
 */
export async function documentdbTree(): Promise<Tree | Unavailable> {
  if (process.getuid?.() !== 0)
    return { unavailable: 'not root, so it cannot run PostgreSQL with DocumentDB in a chroot' };
  const directory = join(cacheDirectory(), `documentdb-${SUITE}-${process.arch}`);
  if (!existsSync(directory)) {
    const packages = await installed(['mmdebstrap']);
    if (packages !== 'installed') return packages;
    await make(directory);
  }
  return { directory, ...postgresOf(directory) };
}

async function make(directory: string): Promise<void> {
  console.error(`making a Debian ${SUITE} tree with ${PACKAGE}: ${directory} (about a minute, once)`);
  const unfinished = mkdtempSync(`${directory}-`);
  try {
    await run(
      'mmdebstrap',
      [
        '--quiet',
        '--mode=root',
        '--variant=minbase',
        '--aptopt=Acquire::Check-Valid-Until "false"',
        '--aptopt=Acquire::Languages "none"',
        '--dpkgopt=path-exclude=/usr/share/doc/*',
        '--dpkgopt=path-exclude=/usr/share/man/*',
        `--include=${PACKAGE}`,
        SUITE,
        unfinished,
        await debianMirror(),
      ],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    if (!existsSync(directory)) renameSync(unfinished, directory);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function postgresOf(directory: string): { user: string; group: string } {
  const line = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync(join(directory, 'etc/passwd'), 'utf8'));
  if (!line?.[1] || !line[2]) throw new Error(`${directory} has no user postgres: delete the directory and try again`);
  return { user: line[1], group: line[2] };
}
