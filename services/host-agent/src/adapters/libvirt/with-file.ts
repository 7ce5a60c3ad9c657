import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Hands virsh an XML text in a file that nobody else can read, as a definition may hold passwords. The file goes when
 * the work is over.
 */
export async function withFile<Result>(text: string, work: (path: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-domain-'));
  try {
    const path = join(folder, 'definition.xml');
    await writeFile(path, text, { mode: 0o600 });
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
