import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AGENT_VERSION } from '@vfleet/host-agent/agent-version';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle, PRODUCTS } from '../../scripts/bundle.ts';
import { login, PASSWORD } from './flow-system.ts';
import { npmStart } from './npm-start.ts';

/** Far from any node_modules. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vfleet-bundles-'));
  for (const [name, entry] of Object.entries(PRODUCTS)) await bundle({ entry, outfile: join(folder, name) });
});
afterAll(() => rm(folder, { recursive: true }));

it('the bundle of the system runs by itself, its pages included', async () => {
  const env = { AMQP_URL: '', MONGODB_URL: '', VFLEET_ADMIN_PASSWORD: PASSWORD, VFLEET_DEMO: 'off' };
  const system = await npmStart({ dataFolder: join(folder, 'data'), env, program: join(folder, 'vfleet.mjs') });
  try {
    expect((await fetch(`${system.url}/ready`)).status).toBe(200);
    for (const [page, type] of [
      ['/docs', 'text/html'],
      ['/docs/static/swagger-ui.css', 'text/css'],
      ['/docs/static/swagger-ui-bundle.js', 'text/javascript'],
      ['/docs/static/logo.svg', 'image/svg+xml'],
    ]) {
      const answer = await fetch(`${system.url}${page}`, { headers: login() });
      expect([page, answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([page, 200, type]);
    }
  } finally {
    expect(await system.end('SIGTERM')).toBe(0);
  }
});

it('the bundle of the host agent runs by itself', async () => {
  const agent = join(folder, 'vfleet-host-agent.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [agent, '--version']);
  expect(stdout.trim()).toBe(AGENT_VERSION);
});
