import { readdir } from 'node:fs/promises';

/** Whether the demo fleet belongs to a data folder: it was made there before, or the folder is empty or not there. */
export async function isDemoWanted(dataFolder: string): Promise<boolean> {
  const names = await readdir(dataFolder).catch((problem: NodeJS.ErrnoException): string[] => {
    if (problem.code === 'ENOENT') return [];
    throw problem;
  });
  return names.length === 0 || names.includes('hosts');
}
