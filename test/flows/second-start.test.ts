import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { npmStart } from './npm-start.ts';

const EMBEDDED = { AMQP_URL: '', MONGODB_URL: '', VFLEET_ADMIN_PASSWORD: 'a password of my own', VFLEET_DEMO: 'off' };

it('a second start on the same data says which process holds it, and the first goes on', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'vfleet-second-'));
  const first = await npmStart({ dataFolder, env: EMBEDDED });
  try {
    await expect(npmStart({ dataFolder, env: EMBEDDED })).rejects.toThrow(`in use by process ${first.pid}`);
    expect((await fetch(`${first.url}/ready`)).status).toBe(200);
  } finally {
    await first.end('SIGKILL');
    await rm(dataFolder, { recursive: true });
  }
});
