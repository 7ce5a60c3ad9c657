import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FlowSystem, PASSWORD, startFlowSystem } from './flow-system.ts';

const VFLEET = fileURLToPath(new URL('../../libs/client/bin/vfleet.mjs', import.meta.url));

let system: FlowSystem;

beforeAll(async () => {
  system = await startFlowSystem();
  await system.until(`/api/hosts/${system.host}/nics/pci_0000_05_00_0/vfsConfig`, ({ state }) => state === 'unmanaged');
});
afterAll(() => system?.close());

/** Runs the `vfleet` command as a shell would; answers its exit code and what it printed. */
function vfleet(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, VFLEET_URL: system.url, VFLEET_USER: 'admin@internal', VFLEET_PASSWORD: PASSWORD };
  return new Promise((resolve) => {
    execFile(process.execPath, [VFLEET, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

it('an administrator at a shell looks at a host, sets a number of VFs and sees them', async () => {
  expect((await vfleet('hosts', 'list')).stdout).toContain(system.host);
  const set = await vfleet('vfs', 'set', system.host, 'enp5s0f0', '--num', '3');
  expect(set).toMatchObject({ code: 0 });
  const shown = await vfleet('vfs', 'show', system.host, 'enp5s0f0', '--json');
  expect(JSON.parse(shown.stdout)).toMatchObject({ num_of_vfs: 3, existing_num_of_vfs: 3, state: 'ready' });
  expect((await vfleet('nics', 'list', system.host)).stdout.match(/enp5s0f0v\d/g)?.length).toBeGreaterThanOrEqual(3);
});

it('is told every broken rule with its remedy, and the exit code says so', async () => {
  const { code, stderr } = await vfleet('vfs', 'set', system.host, 'enp5s0f0', '--num', '99');
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/0 - 7/);
  expect(stderr).toContain('ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE');
});
