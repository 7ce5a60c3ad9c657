import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An argument, or an XML text that virsh takes as the path of a file. */
export type VirshArgument = string | { xml: string };

/**
 * Puts XML texts into files that nobody else can read, since a definition may hold passwords, and their paths in their
 * places. The files go when the work is over.
 */
export async function withFiles<Result>(
  args: readonly VirshArgument[],
  work: (texts: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-domain-'));
  try {
    const texts = await Promise.all(
      args.map(async (arg, index) => {
        if (typeof arg === 'string') return arg;
        const path = join(folder, `${index}.xml`);
        await writeFile(path, arg.xml, { mode: 0o600 });
        return path;
      }),
    );
    return await work(texts);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
