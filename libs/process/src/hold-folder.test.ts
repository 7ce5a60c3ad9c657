import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { holdFolder } from './hold-folder.ts';

const SINCE = '2026-01-01T00:00:00.000Z';
let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'vfleet-hold-')), 'state');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

it('holds a folder alone, for its owner only, and names the holder', async () => {
  const held = await holdFolder(folder, SINCE);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await expect(holdFolder(folder, SINCE)).rejects.toThrow(new RegExp(`process ${process.pid} .*since ${SINCE}`));
  held.release();
  (await holdFolder(folder, SINCE)).release();
});

it('is let go when its process is killed', async () => {
  const script = `import { holdFolder } from ${JSON.stringify(join(import.meta.dirname, 'hold-folder.ts'))};
    await holdFolder(${JSON.stringify(folder)}, '${SINCE}'); console.log('held'); setInterval(() => {}, 1e6);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(other.stdout, 'data');
  await expect(holdFolder(folder, SINCE)).rejects.toThrow(`process ${other.pid}`);
  other.kill('SIGKILL');
  await once(other, 'exit');
  (await holdFolder(folder, SINCE)).release();
});
