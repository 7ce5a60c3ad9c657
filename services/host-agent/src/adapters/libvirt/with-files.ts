import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An argument, or an XML text that virsh takes as the path of a file; one of them at most is a text. */
export type VirshArgument = string | { xml: string };

/**
 * Puts an XML text into a file without a name, since a definition may hold passwords: nobody else can read it, and
 * nothing is left of it when this process dies. It is the standard input of what is run, and named by its path.
 */
export async function withFiles<Result>(
  args: readonly VirshArgument[],
  work: (texts: readonly string[], stdin: number | 'ignore') => Promise<Result>,
): Promise<Result> {
  const texts = args.map((arg) => (typeof arg === 'string' ? arg : '/dev/stdin'));
  const [xml, ...others] = args.flatMap((arg) => (typeof arg === 'string' ? [] : [arg.xml]));
  if (others.length > 0) throw new Error('virsh reads one XML text at a time');
  if (xml === undefined) return work(texts, 'ignore');
  const file = await withoutName(xml);
  try {
    return await work(texts, file.fd);
  } finally {
    await file.close();
  }
}

async function withoutName(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-domain-'));
  try {
    const path = join(folder, 'domain.xml');
    await writeFile(path, text, { mode: 0o600 });
    return await open(path, 'r');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
