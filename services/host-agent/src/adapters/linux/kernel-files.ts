import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What the kernel answers for a file that has nothing to say now: gone, of a device that is leaving, or not supported
 * by this driver (EINVAL and ENOTSUP of `net/*` attributes are normal).
 */
const NOTHING_THERE = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'ESRCH', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP']);

/** Files of sysfs and proc below a root; undefined stands for what is not there or has nothing to say. All else throws. */
export type KernelFiles = {
  /** A file's text without its last newline. */
  text(path: string): Promise<string | undefined>;
  /** A symlink's target as it stands there. */
  link(path: string): Promise<string | undefined>;
  /** The names in a folder, sorted. */
  names(path: string): Promise<string[] | undefined>;
};

/** Reads the kernel's files below `root`. Never follows what it is told beyond one file: no attribute is read unasked. */
export function kernelFiles(root: string): KernelFiles {
  return {
    text: (path) => orNothing(async () => (await readFile(join(root, path), 'utf8')).replace(/\n$/, '')),
    link: (path) => orNothing(() => readlink(join(root, path))),
    names: (path) => orNothing(async () => (await readdir(join(root, path))).toSorted()),
  };
}

async function orNothing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (NOTHING_THERE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
