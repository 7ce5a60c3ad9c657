import { describe, expect, it } from 'vitest';
import { HOST } from '../testing/fleet.ts';
import { VM } from '../testing/policy.ts';
import { ok, problemOf, run } from '../testing/run-line.ts';

const AUDIT = 'GET /api/audit';
const entry = (id: string, fields = {}) => ({
  id,
  at: '2026-01-01T00:00:00.000Z',
  actor: { kind: 'user', name: 'ann' },
  action: 'startVm',
  target: '/api/vms/vm-1/start',
  outcome: 'refused',
  status: 409,
  codes: ['VM_IS_BUSY', 'VM_IS_RUNNING'],
  detail: 'It runs.',
  correlation_id: 'r1',
  ...fields,
});
const page = (items: unknown[], next: string | null = null) => ok({ items, next });

describe('vfleet audit list', () => {
  it('shows the newest entries, one a line', async () => {
    const { exit, out, seen } = await run('audit list', { [AUDIT]: page([entry('a')]) });
    expect(exit).toBe(0);
    expect(out.split('\n')[1]?.split(/ {2,}/)).toEqual([
      ...['2026-01-01T00:00:00.000Z', 'ann', 'startVm', '/api/vms/vm-1/start'],
      ...['refused', '409', 'VM_IS_BUSY, VM_IS_RUNNING', 'It runs.'],
    ]);
    expect(seen.map(({ target }) => target)).toEqual(['/api/audit?limit=50']);
  });

  it('goes on until it has as many as it is told, through pages that are not full', async () => {
    const pages = [page([entry('a')], 'c1'), page([], 'c2'), page([entry('b'), entry('c')], 'c3')];
    const { out, seen } = await run('--json audit list --limit 3', { [AUDIT]: pages });
    expect((JSON.parse(out) as { id: string }[]).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(seen.map(({ target }) => target)).toEqual([
      ...['/api/audit?limit=3', '/api/audit?limit=2&cursor=c1', '/api/audit?limit=2&cursor=c2'],
    ]);
  });

  it('is searched by actor, target and time', async () => {
    const line = 'audit list --actor ann --target /api/vms --since 2026-01-31';
    const { seen } = await run(line, { [AUDIT]: page([]) });
    const query = 'limit=50&actor=ann&target=%2Fapi%2Fvms&since=2026-01-31T00%3A00%3A00.000Z';
    expect(seen.map(({ target }) => target)).toEqual([`/api/audit?${query}`]);
  });

  it('finds a virtual machine by what callers and services call it, each entry once, newest first', async () => {
    const answers = {
      'GET /api/vms/vm-1': ok(VM),
      [AUDIT]: [page([entry('b'), entry('d')]), page([entry('a'), entry('b')])],
    };
    const { out, seen } = await run('--json audit list --vm vm-1 --limit 3', answers);
    expect((JSON.parse(out) as { id: string }[]).map(({ id }) => id)).toEqual(['a', 'b', 'd']);
    expect(seen.map(({ target }) => target)).toEqual([
      ...[
        '/api/vms/vm-1',
        '/api/audit?limit=3&target=%2Fapi%2Fvms%2Fm1',
        '/api/audit?limit=3&target=%2Fapi%2Fvms%2Fvm-1',
      ],
    ]);
  });

  it('finds a host that was removed by what it is called', async () => {
    const gone = { status: 404, body: { ...problemOf('HOST_NOT_EXIST', []), status: 404 } };
    const { exit, seen } = await run('audit list --host alpha', { 'GET /api/hosts/alpha': gone, [AUDIT]: page([]) });
    expect(exit).toBe(0);
    expect(seen[1]?.target).toBe('/api/audit?limit=50&target=%2Fapi%2Fhosts%2Falpha');
    expect((await run('audit list --host alpha', { 'GET /api/hosts/alpha': ok(HOST), [AUDIT]: page([]) })).exit).toBe(
      0,
    );
  });

  it.each([
    ['--since yesterday', 'It must be a time'],
    ['--vm vm-1 --host alpha', 'only one of --target, --vm and --host'],
  ])('is wrong with %s', async (options, told) => {
    const { exit, err } = await run(`audit list ${options}`);
    expect(exit).toBe(2);
    expect(err).toContain(told);
  });
});
