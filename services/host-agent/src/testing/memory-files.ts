import { posix } from 'node:path';
import type { AtomicFiles } from '../atomic-files.ts';

/** Files that stand still with a virtual clock: as durable as the object itself. */
export function memoryFiles(contents: Record<string, string> = {}): AtomicFiles & { contents: Map<string, string> } {
  const files = new Map(Object.entries(contents));
  return {
    dir: '/var/lib/vdsm',
    contents: files,
    read: async (path) => files.get(path) ?? null,
    write: async (path, text) => void files.set(path, text),
    remove: async (path) => void files.delete(path),
    list: async (folder) =>
      [...files.keys()].filter((path) => posix.dirname(path) === folder).map((path) => posix.basename(path)),
  };
}
