import type { KernelFiles } from '../adapters/linux/kernel-files.ts';

/** One read of a file, link or folder that was there. */
export type KernelRead = { kind: 'text' | 'link' | 'names'; path: string };

/** Kernel files that note down in `reads` what was read of them and was there. */
export function recordingFiles(files: KernelFiles, reads: KernelRead[]): KernelFiles {
  const note = <Value>(kind: KernelRead['kind'], path: string, value: Value): Value => {
    if (value !== undefined) reads.push({ kind, path });
    return value;
  };
  return {
    text: async (path) => note('text', path, await files.text(path)),
    link: async (path) => note('link', path, await files.link(path)),
    names: async (path) => note('names', path, await files.names(path)),
    now: {
      text: (path) => note('text', path, files.now.text(path)),
      link: (path) => note('link', path, files.now.link(path)),
      names: (path) => note('names', path, files.now.names(path)),
    },
  };
}
