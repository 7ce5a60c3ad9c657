import type { KernelFiles } from '../adapters/linux/kernel-files.ts';

/** Files of sysfs and proc as data: path → text. What a folder holds is what the paths below it say. */
export function kernelFilesOf(texts: Record<string, string>): KernelFiles {
  const names = (folder: string) => {
    const below = Object.keys(texts).flatMap((path) =>
      path.startsWith(`${folder}/`) ? (path.slice(folder.length + 1).split('/')[0] ?? []) : [],
    );
    return below.length > 0 ? [...new Set(below)].sort() : undefined;
  };
  const now = { text: (path: string) => texts[path], link: () => undefined, names };
  return { text: async (path) => now.text(path), link: async () => undefined, names: async (path) => names(path), now };
}
