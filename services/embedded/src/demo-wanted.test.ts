import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isDemoWanted } from './demo-wanted.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vfleet-demo-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('is wanted in an empty folder, in one that is not there, and where it was made before', async () => {
  expect(await isDemoWanted(folder)).toBe(true);
  expect(await isDemoWanted(join(folder, 'not there'))).toBe(true);
  await mkdir(join(folder, 'documents'));
  await mkdir(join(folder, 'hosts'));
  expect(await isDemoWanted(folder)).toBe(true);
});

it('is not wanted where an administrator began without it', async () => {
  await mkdir(join(folder, 'documents'));
  expect(await isDemoWanted(folder)).toBe(false);
});
