import { describe, expect, it } from 'vitest';
import { VM } from '../testing/policy.ts';
import { ok, problemOf, run } from '../testing/run-line.ts';

const OPERATION = {
  id: 'o1',
  kind: 'start',
  vm: { id: 'm1', name: 'vm-1' },
  state: 'open',
  step: 'starting it on alpha',
  host: { id: 'h1', name: 'alpha' },
  started_at: '2026-01-01T00:00:00.000Z',
  ended_at: null,
  problems: [],
  notes: ['bravo: vfio-pci is not loaded'],
};

describe('vfleet vms and vms nics', () => {
  it.each([
    ['vms start vm-1', '/api/vms/vm-1/start', {}],
    ['vms start vm-1 --host alpha', '/api/vms/vm-1/start', { host: { name: 'alpha' } }],
    ['vms stop vm-1', '/api/vms/vm-1/stop', {}],
    ['vms stop vm-1 --force', '/api/vms/vm-1/stop', { force: true }],
    ['vms migrate vm-1', '/api/vms/vm-1/migrate', {}],
    ['vms migrate vm-1 --host bravo', '/api/vms/vm-1/migrate', { host: { name: 'bravo' } }],
    ['vms nics plug vm-1 eth0', '/api/vms/vm-1/nics/eth0/activate', undefined],
    ['vms nics unplug vm-1 eth0', '/api/vms/vm-1/nics/eth0/deactivate', undefined],
    ['vms nics upgrade vm-1 eth0', '/api/vms/vm-1/nics/eth0/upgrade', undefined],
  ])('%s shows the virtual machine when it is done', async (line, path, body) => {
    const { exit, out, seen } = await run(`${line} --wait 30`, { [`POST ${path}`]: ok(VM) });
    expect(exit).toBe(0);
    expect(out).toMatch(/^status +up$/m);
    expect(out).toMatch(/^v1 +eth0 /m);
    expect(seen[0]?.body).toEqual(body);
    expect(seen[0]?.headers.get('prefer')).toBe('wait=30');
    expect(seen[0]?.headers.get('idempotency-key')).toMatch(/^[\w-]{36}$/);
  });

  it('start ends with 3 when it is not done within the wait, with 0 when nobody wanted to wait', async () => {
    const answers = { 'POST /api/vms/vm-1/start': { status: 202, body: OPERATION } };
    const { exit, out, err } = await run('vms start vm-1', answers);
    expect({ exit, err }).toEqual({
      exit: 3,
      err: expect.stringContaining('Look again with: vfleet operations show o1'),
    });
    expect(out).toMatch(/^step +starting it on alpha$/m);
    expect((await run('vms start vm-1 --wait 0', answers)).exit).toBe(0);
  });

  it('start waits on with its key when a long wait is asked for', async () => {
    const answers = { 'POST /api/vms/vm-1/start': [{ status: 202, body: OPERATION }, ok(VM)] };
    const { exit, seen } = await run('vms start vm-1 --wait 300', answers);
    expect(exit).toBe(0);
    expect(seen.map(({ headers }) => headers.get('prefer'))).toEqual(['wait=240', 'wait=60']);
    expect(new Set(seen.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
  });

  it('start tells every reason why it failed', async () => {
    const rules = [
      { code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT', detail: 'No host is left.', remedy: 'Add VFs.' },
      { code: 'HOST_FAILED_TO_START_VM', detail: 'alpha: no vfio.', remedy: 'Load vfio-pci.' },
    ];
    const { exit, err } = await run('vms start vm-1', {
      'POST /api/vms/vm-1/start': { status: 409, body: problemOf('SCHEDULING_ALL_HOSTS_FILTERED_OUT', rules) },
    });
    expect(exit).toBe(1);
    for (const { code, detail, remedy } of rules) expect(err).toContain(`${code}: ${detail}\n    Remedy: ${remedy}`);
  });

  it('schedule asks for as many hosts as it is told', async () => {
    const schedule = { vm: VM, fitting: 0, hosts: [], rejected: 0, reasons: [], rejections: [] };
    const answers = { 'POST /api/vms/vm-1/schedule': ok({ ...schedule, vm: { id: 'm1', name: 'vm-1' } }) };
    const { exit, out, seen } = await run('vms schedule vm-1 --limit 3', answers);
    expect({ exit, out }).toEqual({ exit: 0, out: '0 hosts of 0 can run vm-1' });
    expect(seen[0]?.target).toBe('/api/vms/vm-1/schedule?limit=3');
  });
});

describe('vfleet operations', () => {
  it('show tells how an operation ended, with every reason and what went wrong on the way', async () => {
    const problems = [{ code: 'VM_DIED', detail: 'It is gone.', remedy: 'Look at its log.' }];
    const failed = { ...OPERATION, state: 'failed', problems };
    const { out } = await run('operations show o1', { 'GET /api/operations/o1': ok(failed) });
    expect(out).toMatch(/^state +failed$/m);
    expect(out).toMatch(/^vm +vm-1$/m);
    expect(out).toContain('VM_DIED: It is gone.\n    Remedy: Look at its log.\nNote: bravo: vfio-pci is not loaded');
  });
});
