import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

const PROMPT = 'Token of this host (it is not shown): ';
/** A token has a few hundred characters; what is longer is another file. */
const LONGEST = 64 * 1024;

/** A person ended the prompt. */
class NoToken extends Error {
  override readonly name = 'NoToken';
  readonly remedy = 'Nothing was written';
}

/**
 * Reads a token from a file, from stdin (`-`, or when stdin is no terminal), or from the person at the terminal, unseen.
 * It is never an argument: those show in the list of processes.
 */
export async function readToken(
  file: string | undefined,
  { input, prompts }: { input: NodeJS.ReadableStream & { isTTY?: boolean }; prompts: NodeJS.WritableStream } = {
    input: process.stdin,
    prompts: process.stderr,
  },
): Promise<string> {
  if (file !== undefined && file !== '-') return (await readFile(file, 'utf8')).slice(0, LONGEST);
  if (file === '-' || !input.isTTY) return (await text(input)).slice(0, LONGEST);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: unseen, terminal: true, historySize: 0 });
  prompts.write(PROMPT);
  try {
    return await new Promise<string>((resolve, reject) => {
      terminal.once('close', () => reject(new NoToken('No token was given')));
      terminal.question('').then(resolve, reject);
    });
  } finally {
    terminal.close();
    prompts.write('\n');
  }
}
