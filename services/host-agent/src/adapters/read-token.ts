import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

const PROMPT = 'Token of this host (it is not shown): ';
/** A token has a few hundred characters; what is longer is another file. */
const LONGEST = 64 * 1024;

/**
 * Reads a token from a file, from stdin (`-`, or when stdin is no terminal), or from the person at the terminal, unseen.
 * It is never an argument: those show in the list of processes.
 */
export async function readToken(file: string | undefined): Promise<string> {
  if (file !== undefined && file !== '-') return (await readFile(file, 'utf8')).slice(0, LONGEST);
  if (file === '-' || !process.stdin.isTTY) return (await text(process.stdin)).slice(0, LONGEST);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  process.stderr.write(PROMPT);
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
