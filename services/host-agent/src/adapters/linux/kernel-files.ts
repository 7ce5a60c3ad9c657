import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
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
  /**
   * The same, read on the spot: several times cheaper, for the many files of a scan. Only for what the kernel answers
   * from memory without waiting for anybody: links and folders, and attributes that print a field of a PCI device. What
   * takes a lock (rtnl: `speed`, `carrier`, `phys_port_name`; of a device: `uevent`; of a process: `cmdline`) would hold
   * up the whole agent. Whoever reads many leaves the event loop its turns (`in-turns.ts`).
   */
  now: {
    text(path: string): string | undefined;
    link(path: string): string | undefined;
    names(path: string): string[] | undefined;
  };
};

/** Reads the kernel's files below `root`. Never follows what it is told beyond one file: no attribute is read unasked. */
export function kernelFiles(root: string): KernelFiles {
  return {
    text: (path) => readFile(join(root, path), 'utf8').then(withoutNewline, nothingOrThrow),
    link: (path) => readlink(join(root, path)).catch(nothingOrThrow),
    names: (path) => readdir(join(root, path)).then(sorted, nothingOrThrow),
    now: {
      text: (path) => orNothing(() => withoutNewline(readFileSync(join(root, path), 'utf8'))),
      link: (path) => orNothing(() => readlinkSync(join(root, path))),
      names: (path) => orNothing(() => sorted(readdirSync(join(root, path)))),
    },
  };
}

function withoutNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function sorted(names: string[]): string[] {
  return names.sort();
}

function orNothing<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    return nothingOrThrow(error);
  }
}

function nothingOrThrow(error: unknown): undefined {
  if (!NOTHING_THERE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
}
