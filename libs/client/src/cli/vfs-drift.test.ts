import { expect, it } from 'vitest';
import { VFS_CONFIG } from '../testing/fleet.ts';
import { ok, run } from '../testing/run-line.ts';

const AT = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';
const PLAN = {
  ...{ token: 't1', changes: true, from: 2, to: 4, mtu: { from: 1500, to: 9000 }, estimate_seconds: 38 },
  vms: [{ id: 'm1', name: 'vm-1', vnics: [{ id: 'v1', name: 'eth0' }], state: 'attached' }],
  ...{ lost_networks: [{ id: 'n1', name: 'red' }], gained_networks: [] },
  ...{ drain_steps: ['Stop vm-1, or migrate it.'], steps: ['write 0', 'write 4'] },
  conflicts: [{ code: 'PF_CHANGING', detail: 'It changes.', remedy: 'Wait.' }],
};

it.each(['repair', 'adopt'])('%s waits for its end, and says how the configuration is', async (verb) => {
  const { exit, out, seen } = await run(`vfs ${verb} alpha enp5s0f0`, { [`POST ${AT}/${verb}`]: ok(VFS_CONFIG) });
  expect([exit, seen.length, seen[0]?.body]).toEqual([0, 1, undefined]);
  expect(out).toMatch(
    /health +unhealthy since .*\nproblems +its PCIe link had 2 fatal errors .*Reseat.*\nvms_hit +vm-1/,
  );
  const open = await run(`vfs ${verb} alpha enp5s0f0`, { [`POST ${AT}/${verb}`]: { status: 202, body: VFS_CONFIG } });
  expect(open).toMatchObject({ exit: 3, err: expect.stringContaining('vfleet vfs show alpha enp5s0f0') });
});

it('repair --plan tells what it would do, and does nothing', async () => {
  const drifted = { ...VFS_CONFIG, drift: { wanted: 4, existing: 2, since: '2026-01-01T00:00:00.000Z' } };
  const told = await run('vfs repair alpha enp5s0f0 --plan', {
    [`GET ${AT}`]: ok(drifted),
    [`POST ${AT}/plan`]: ok(PLAN),
  });
  expect(told).toMatchObject({ exit: 0, out: expect.stringContaining('Stop vm-1, or migrate it.') });
  expect(told.seen.map(({ method, body }) => [method, body])).toEqual([
    ['GET', undefined],
    ['POST', { num_of_vfs: 4 }],
  ]);
  const none = await run('vfs repair alpha enp5s0f0 --plan', { [`GET ${AT}`]: ok(VFS_CONFIG) });
  expect(none.err).toContain('nothing to repair');
});

it('acknowledge shows the configuration', async () => {
  const { exit, out } = await run('vfs acknowledge alpha enp5s0f0', { [`POST ${AT}/acknowledge`]: ok(VFS_CONFIG) });
  expect([exit, out]).toEqual([0, expect.stringMatching(/pcie_errors +3 corrected, 0 not fatal, 2 fatal/)]);
});
