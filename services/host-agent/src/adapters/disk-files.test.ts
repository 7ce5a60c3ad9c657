import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryFiles } from '../testing/memory-files.ts';
import { diskFiles } from './disk-files.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vfleet-disk-files-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe.each([
  { name: 'disk', open: () => diskFiles(join(dir, 'state')) },
  { name: 'memory', open: () => memoryFiles() },
])('files in $name', ({ open }) => {
  it('has nothing at first', async () => {
    const files = open();
    expect(await files.read('a/b')).toBeNull();
    expect(await files.list('a')).toEqual([]);
    await files.remove('a/b');
  });

  it('keeps, replaces and removes', async () => {
    const files = open();
    await files.write('a/b', 'one');
    await files.write('a/b', 'two');
    await files.write('a/c', '');
    expect(await files.read('a/b')).toBe('two');
    expect((await files.list('a')).toSorted()).toEqual(['b', 'c']);
    await files.remove('a/b');
    expect(await files.read('a/b')).toBeNull();
    expect(await files.list('a')).toEqual(['c']);
  });
});

it('leaves nothing temporary behind', async () => {
  await diskFiles(dir).write('0000:05:00.0', '7');
  expect(await readdir(dir)).toEqual(['0000:05:00.0']);
});

it('replaces the text of a file at once, never partly', async () => {
  const files = diskFiles(dir);
  const texts = ['x'.repeat(100_000), 'y'.repeat(100_000)];
  await files.write('f', texts[0] as string);
  let isWriting = true;
  const writing = (async () => {
    for (let turn = 0; turn < 20; turn++) await files.write('f', texts[turn % 2] as string);
    isWriting = false;
  })();
  while (isWriting) expect(texts).toContain(await files.read('f'));
  await writing;
});

it('throws what the disk refuses', async () => {
  await writeFile(join(dir, 'plain'), '');
  await expect(diskFiles(dir).write('plain/f', 'x')).rejects.toThrow(/ENOTDIR|EEXIST/);
  await expect(diskFiles(dir).read('plain/f')).rejects.toThrow(/ENOTDIR/);
});
