import { describe, expect, it } from 'vitest';
import { DEVICE, HOST, NIC, VF_NIC, VFS_CONFIG } from '../testing/fleet.ts';
import { ok, problemOf, run } from '../testing/run-line.ts';

const AT = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';

describe('vfleet hosts', () => {
  it('list shows all pages as a table', async () => {
    const pages = [
      ok({ items: [HOST], next: 'c2' }),
      ok({ items: [{ ...HOST, id: 'h2', name: 'bravo', iommu: null }], next: null }),
    ];
    const { exit, out, seen } = await run('hosts list', { 'GET /api/hosts': pages });
    expect(exit).toBe(0);
    expect(out).toBe(
      [
        'ID  NAME   STATUS  CLUSTER  PFS  VFS  IN USE  FREE  UNHEALTHY  IOMMU',
        'h1  alpha  up      Default  2    7    1       6     1          yes',
        'h2  bravo  up      Default  2    7    1       6     1          -',
      ].join('\n'),
    );
    expect(seen.map(({ target }) => target)).toEqual(['/api/hosts?limit=1000', '/api/hosts?limit=1000&cursor=c2']);
  });

  it('list --json shows what the API gives', async () => {
    const { out } = await run('--json hosts list', { 'GET /api/hosts': ok({ items: [HOST], next: null }) });
    expect(JSON.parse(out)).toEqual([HOST]);
  });

  it('show shows a host, and what is wrong with its last report', async () => {
    const { out } = await run('hosts show alpha', { 'GET /api/hosts/alpha': ok(HOST) });
    expect(out).toMatch(/^cluster +Default$/m);
    expect(out).toMatch(/^last_report_error +pci_0000_05_00_0: totalvfs: must be a number$/m);
  });

  it('add, rename, remove and refresh do what they say', async () => {
    const answers = {
      'POST /api/hosts': { status: 201, body: HOST },
      'PUT /api/hosts/alpha': ok(HOST),
      'DELETE /api/hosts/alpha': { status: 204 },
      'POST /api/hosts/alpha/refresh': ok(HOST),
    };
    const enrolment = { host_id: 'h1', broker_url: 'amqps://b', username: 'u', password: 'p', token: 'the-token' };
    const added = { 'POST /api/hosts': ok({ ...HOST, enrolment, enrolment_problem: null }) };
    expect((await run('hosts add alpha', added)).out).toMatch(/alpha.*vfleet-host-agent enroll\n.*\nthe-token$/s);
    const renewed = { 'POST /api/hosts/alpha/enrolment': ok(enrolment) };
    expect((await run('hosts enrol alpha', renewed)).out).toMatch(/\nthe-token$/);
    const enrolment_problem = { code: 'ENROLMENT_NOT_AVAILABLE', detail: 'No broker.', remedy: 'Set AMQP_URL.' };
    const none = { 'POST /api/hosts': ok({ ...HOST, enrolment: null, enrolment_problem }) };
    expect((await run('hosts add alpha', none)).out).toContain(
      'No credentials for its agent: No broker. Set AMQP_URL.',
    );
    expect((await run('hosts add alpha', answers)).seen[0]).toMatchObject({ body: { name: 'alpha' } });
    expect((await run('hosts add alpha --id h1', answers)).seen[0]).toMatchObject({
      body: { name: 'alpha', id: 'h1' },
    });
    expect((await run('hosts add alpha --cluster Default', answers)).seen[0]).toMatchObject({
      body: { name: 'alpha', cluster: { name: 'Default' } },
    });
    expect((await run('hosts update alpha --name bravo --cluster c1', answers)).seen[0]).toMatchObject({
      body: { name: 'bravo', cluster: { name: 'c1' } },
    });
    expect((await run('hosts rename alpha bravo', answers)).seen[0]).toMatchObject({ body: { name: 'bravo' } });
    expect(await run('hosts remove alpha', answers)).toMatchObject({ exit: 0, err: 'alpha is removed' });
    expect(await run('hosts refresh alpha', answers)).toMatchObject({
      exit: 0,
      err: 'alpha is asked for a full report',
    });
  });
});

describe('vfleet hosts, as their administrator', () => {
  it.each(['maintenance', 'activate'])('%s shows the host after it', async (verb) => {
    const { exit, out } = await run(`hosts ${verb} alpha`, { [`POST /api/hosts/alpha/${verb}`]: ok(HOST) });
    expect(exit).toBe(0);
    expect(out).toMatch(/^status +up$/m);
  });

  it('confirm-powered-off shows the claims that ended with it', async () => {
    const claims = [{ id: 'c1', pci_address: '0000:05:10.0', fence: 7 }];
    const path = 'POST /api/hosts/alpha/confirm-powered-off';
    const { exit, out } = await run('hosts confirm-powered-off alpha', { [path]: ok({ claims }) });
    expect({ exit, out }).toEqual({ exit: 0, out: 'CLAIM  VF            FENCE\nc1     0000:05:10.0  7' });
    const none = await run('hosts confirm-powered-off alpha', { [path]: ok({ claims: [] }) });
    expect(none.out).toBe('No claim ended with it.');
  });

  it('show tells where ledger, host and hypervisor differ, and what can be done', async () => {
    const difference = { code: 'X', text: 'a domain is not ours', remedy: 'Look.', pci_address: null, since: 'noon' };
    const { out } = await run('hosts show alpha', {
      'GET /api/hosts/alpha': ok({ ...HOST, differences: [difference] }),
    });
    expect(out).toMatch(/^differences +a domain is not ours \(since noon\)\. Remedy: Look\.$/m);
  });
});

describe('vfleet nics and devices', () => {
  it('list shows PFs with their VFs, and VFs with their state', async () => {
    const { out } = await run('nics list alpha', {
      'GET /api/hosts/alpha/nics': ok({ items: [NIC, VF_NIC], next: null }),
    });
    expect(out).toMatch(/^enp5s0f0 +PF .* 2\/7 +changing$/m);
    expect(out).toMatch(/^enp5s0f0v0 +VF .* - +in_use$/m);
  });

  it('show tells why a VF is not free', async () => {
    const { out } = await run('nics show alpha enp5s0f0v0', { 'GET /api/hosts/alpha/nics/enp5s0f0v0': ok(VF_NIC) });
    expect(out).toMatch(/^not_free_because +is a port of a bridge$/m);
    expect(out).toMatch(/^physical_function +enp5s0f0$/m);
  });

  it('devices list shows the device table', async () => {
    const { out } = await run('devices list alpha', {
      'GET /api/hosts/alpha/devices': ok({ items: [DEVICE], next: null }),
    });
    expect(out).toMatch(/^pci_0000_05_00_0 +pci +0000:05:00.0 +igb +82576 +15 +0 +7 +-$/m);
  });
});

describe('vfleet vfs', () => {
  it('show tells everything about a configuration', async () => {
    const { out } = await run('vfs show alpha enp5s0f0', { [`GET ${AT}`]: ok(VFS_CONFIG) });
    expect(out).toMatch(/^networks +red \(label tenant\), blue$/m);
    expect(out).toMatch(/^progress +await VFs, 2 of 4$/m);
    expect(out).toMatch(/^last_error +The card does not answer \(EIO\)\. Remedy: Look at dmesg\.$/m);
  });

  it.each([
    ['--num 4', { num_of_vfs: 4 }, null],
    ['--num 0 --wait 30', { num_of_vfs: 0 }, 'wait=30'],
    ['--mtu 9000', { mtu: 9000 }, null],
    ['--no-mtu', { mtu: null }, null],
    ['--all-networks', { all_networks_allowed: true }, null],
    ['--num 4 --no-all-networks', { num_of_vfs: 4, all_networks_allowed: false }, null],
  ])('set %s', async (options, body, prefer) => {
    const { exit, seen } = await run(`vfs set alpha enp5s0f0 ${options}`, { [`PUT ${AT}`]: ok(VFS_CONFIG) });
    expect(exit).toBe(0);
    expect(seen[0]?.body).toEqual(body);
    expect(seen[0]?.headers.get('prefer')).toBe(prefer);
    expect(seen[0]?.headers.get('idempotency-key')).toMatch(/^[\w-]{36}$/);
  });

  it('set ends with 3 when the change is not done within the wait, with 0 when nobody wanted to wait', async () => {
    const answers = { [`PUT ${AT}`]: { status: 202, body: VFS_CONFIG } };
    const { exit, err } = await run('vfs set alpha enp5s0f0 --num 4', answers);
    expect({ exit, err }).toEqual({
      exit: 3,
      err: expect.stringContaining('Look again with: vfleet vfs show alpha enp5s0f0'),
    });
    expect((await run('vfs set alpha enp5s0f0 --num 4 --wait 0', answers)).exit).toBe(0);
  });

  it('set is sent again with its key when its outcome is unknown', async () => {
    const unknown = { status: 503, body: problemOf('OUTCOME_UNKNOWN', []) };
    const { exit, seen } = await run('vfs set alpha enp5s0f0 --num 4', { [`PUT ${AT}`]: [unknown, ok(VFS_CONFIG)] });
    expect(exit).toBe(0);
    expect(seen[0]?.headers.get('idempotency-key')).toBe(seen[1]?.headers.get('idempotency-key'));
  });

  it('plan tells what a set would do, and set holds to it with its token', async () => {
    const plan = {
      ...{ token: 't1', changes: true, from: 2, to: 4, mtu: { from: 1500, to: 9000 }, estimate_seconds: 38 },
      vms: [{ id: 'm1', name: 'vm-1', vnics: [{ id: 'v1', name: 'eth0' }], state: 'attached' }],
      ...{ lost_networks: [{ id: 'n1', name: 'red' }], gained_networks: [] },
      ...{ drain_steps: ['Stop vm-1, or migrate it.'], steps: ['write 0', 'write 4'] },
      conflicts: [{ code: 'PF_CHANGING', detail: 'It changes.', remedy: 'Wait.' }],
    };
    const { exit, out, seen } = await run('vfs plan alpha enp5s0f0 --num 4', { [`POST ${AT}/plan`]: ok(plan) });
    expect({ exit, body: seen[0]?.body }).toEqual({ exit: 0, body: { num_of_vfs: 4 } });
    expect(out).toBe(
      [
        'changes   yes',
        'from      2',
        'to        4',
        'mtu       1500 to 9000',
        'estimate  38 s',
        'token     t1',
        'Virtual machines that hold its VFs:',
        '  vm-1 (attached): eth0',
        'Networks that it could no longer serve:',
        '  red',
        'To be done first:',
        '  Stop vm-1, or migrate it.',
        'What the host would do:',
        '  write 0',
        '  write 4',
        'Refused now, because:',
        '  PF_CHANGING: It changes. Remedy: Wait.',
      ].join('\n'),
    );
    const set = await run('vfs set alpha enp5s0f0 --num 4 --plan-token t1', { [`PUT ${AT}`]: ok(VFS_CONFIG) });
    expect(set.seen[0]?.body).toEqual({ num_of_vfs: 4, plan_token: 't1' });
    expect((await run('vfs plan alpha enp5s0f0')).err).toContain('nothing to plan');
  });

  it('remove removes', async () => {
    expect((await run('vfs remove alpha enp5s0f0', { [`DELETE ${AT}`]: { status: 204 } })).exit).toBe(0);
  });
});

describe('vfleet status', () => {
  it('shows the fleet in figures', async () => {
    const answers = {
      'GET /ready': ok({ ready: true, problems: [] }),
      'GET /api': ok({ name: 'VFleet', version: '0.1.0', links: [] }),
      'GET /api/hosts': ok({ items: [HOST, { ...HOST, status: 'down' }], next: null }),
    };
    const { exit, out } = await run('--json status', answers);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({
      version: '0.1.0',
      ready: true,
      problems: [],
      hosts: 2,
      hosts_up: 1,
      pfs: 4,
      vfs: 14,
      vfs_in_use: 2,
      free_vfs: 12,
    });
  });

  it('ends with 1 and says why when the product is not ready', async () => {
    const answers = {
      'GET /ready': { status: 503, body: { ready: false, problems: ['inventory does not answer'] } },
      'GET /api': ok({ name: 'VFleet', version: '0.1.0', links: [] }),
    };
    expect(await run('status', answers)).toMatchObject({
      exit: 1,
      out: expect.stringMatching(/problems +inventory does not answer/),
    });
  });
});
