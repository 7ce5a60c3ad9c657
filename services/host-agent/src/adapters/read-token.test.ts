import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { readToken } from './read-token.ts';

/** Standard input, a terminal or none, with what is typed into it, and what the person reads meanwhile. */
function standardInput({ isTTY }: { isTTY: boolean }) {
  const [input, prompts] = [new PassThrough(), new PassThrough()];
  const raw: boolean[] = [];
  const terminal = Object.assign(input, { isTTY, setRawMode: (on: boolean) => void raw.push(on) });
  return { input: terminal, prompts, raw };
}

describe('the token of a host', () => {
  it('is asked for at a terminal, and not shown while it is typed', async () => {
    const { input, prompts, raw } = standardInput({ isTTY: true });
    const read = readToken(undefined, { input, prompts });
    input.write('the-tok');
    input.write('en\r');
    expect(await read).toBe('the-token');
    prompts.end();
    expect(await text(prompts)).toBe('Token of this host (it is not shown): \n');
    expect(raw).toEqual([true, false]);
  });

  it.each([
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ])('that is not given (%s) is told of, and the terminal is as it was', async (_keys, typed) => {
    const { input, prompts, raw } = standardInput({ isTTY: true });
    const read = readToken(undefined, { input, prompts });
    input.write(typed);
    await expect(read).rejects.toThrow(/No token was given/);
    expect(raw).toEqual([true, false]);
  });

  it('is not given when the terminal goes away', async () => {
    const { input, prompts } = standardInput({ isTTY: true });
    const read = readToken(undefined, { input, prompts });
    input.end();
    await expect(read).rejects.toThrow('No token was given');
  });

  it.each([undefined, '-'])('is read from a pipe without a prompt: %s', async (file) => {
    const { input, prompts } = standardInput({ isTTY: false });
    const read = readToken(file, { input, prompts });
    input.end('the-token\n');
    expect(await read).toBe('the-token\n');
    prompts.end();
    expect(await text(prompts)).toBe('');
  });

  it('is read from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vfleet-token-'));
    writeFileSync(join(folder, 'token'), 'the-token\n');
    expect(await readToken(join(folder, 'token'))).toBe('the-token\n');
    rmSync(folder, { recursive: true });
  });
});
