import { REFUSALS } from '@vfleet/contracts/refusals';
import { describe, expect, it } from 'vitest';
import { runCli } from './run.ts';

const HOST = {
  id: 'h1',
  name: 'alpha',
  status: 'up',
  status_since: '2026-01-01T00:00:00.000Z',
  cluster: { id: 'default', name: 'Default' },
  agent: { version: '0.1.0', last_seen: null },
  iommu: true,
  pfs: 2,
  vfs: 7,
  vfs_in_use: 1,
  free_vfs: 6,
  last_report_error: { device: 'pci_0000_05_00_0', field: 'totalvfs', detail: 'must be a number' },
  orphans: [],
};
const VFS_CONFIG = {
  id: 'c1',
  max_num_of_vfs: 7,
  num_of_vfs: 4,
  existing_num_of_vfs: 2,
  num_of_vfs_in_use: 0,
  num_of_free_vfs: 2,
  all_networks_allowed: false,
  networks: [
    { id: 'n1', name: 'red', via_label: 'tenant' },
    { id: 'n2', name: 'blue', via_label: null },
  ],
  labels: ['tenant'],
  state: 'changing',
  generation: 2,
  observed_generation: 1,
  progress: { step: 'await VFs', done: 2, total: 4, at: '2026-01-01T00:00:00.000Z' },
  last_error: { code: 'EIO', cause: 'The card does not answer', remedy: 'Look at dmesg.' },
  drift: null,
};
const VF = {
  name: 'v',
  pci_address: '0000:05:10.0',
  index: 0,
  iommu_group: '25',
  driver: 'igbvf',
  free: false,
  claim: null,
};
const NIC = {
  id: 'n1',
  name: 'enp5s0f0',
  mac: '52:54:00:12:34:56',
  mtu: 1500,
  speed: 1000,
  carrier: true,
  bond: null,
  vlans: [],
  bridge: null,
  networks: [],
  labels: [],
  pci_address: '0000:05:00.0',
  driver: 'igb',
  numa_node: 0,
  vfs_config: VFS_CONFIG,
  physical_function: null,
  vf: null,
};
const VF_NIC = {
  ...NIC,
  name: 'enp5s0f0v0',
  vfs_config: null,
  physical_function: { id: 'n1', name: 'enp5s0f0' },
  vf: { ...VF, reasons: [{ code: 'BRIDGE', text: 'is a port of a bridge' }] },
};
const DEVICE = {
  name: 'pci_0000_05_00_0',
  capability: 'pci',
  parent: 'computer',
  driver: 'igb',
  vendor: 'Intel',
  vendor_id: '0x8086',
  product: '82576',
  product_id: '0x10c9',
  pci_address: '0000:05:00.0',
  iommu_group: '15',
  numa_node: 0,
  total_vfs: 7,
  physical_function: null,
  interface: null,
  assignable: true,
  orphan: false,
};

type Answer = { status: number; body?: unknown };
type Seen = { method: string; target: string; body: unknown; headers: Headers };

/** Runs a command line against answers by method and path; a list is answered one after another. */
async function run(
  line: string,
  answers: Record<string, Answer | Answer[]> = {},
  env: Record<string, string> = { VFLEET_PASSWORD: 'secret' },
) {
  const seen: Seen[] = [];
  const lines = { out: [] as string[], err: [] as string[] };
  const exit = await runCli(line.split(' '), {
    env,
    out: (text) => void lines.out.push(text),
    err: (text) => void lines.err.push(text),
    readFile: (path) => {
      if (path === '/run/secret') return 'from a file\n';
      throw new Error('ENOENT: no such file');
    },
    signal: new AbortController().signal,
    sleep: async () => {},
    fetch: async (url, init = {}) => {
      const { pathname, search } = new URL(String(url));
      const body = init.body ? JSON.parse(String(init.body)) : undefined;
      seen.push({ method: init.method ?? '', target: pathname + search, body, headers: new Headers(init.headers) });
      const found = answers[`${init.method} ${pathname}`];
      const answer = Array.isArray(found) ? found.shift() : found;
      if (!answer)
        throw new TypeError('fetch failed', { cause: new Error(`no answer for ${init.method} ${pathname}`) });
      return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), { status: answer.status });
    },
  });
  return { exit, out: lines.out.join('\n'), err: lines.err.join('\n'), seen };
}

const ok = (body: unknown) => ({ status: 200, body });
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
        'ID  NAME   STATUS  PFS  VFS  IN USE  FREE  IOMMU',
        'h1  alpha  up      2    7    1       6     yes',
        'h2  bravo  up      2    7    1       6     -',
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
    expect((await run('hosts add alpha', answers)).seen[0]).toMatchObject({ body: { name: 'alpha' } });
    expect((await run('hosts add alpha --id h1', answers)).seen[0]).toMatchObject({
      body: { name: 'alpha', id: 'h1' },
    });
    expect((await run('hosts rename alpha bravo', answers)).seen[0]).toMatchObject({ body: { name: 'bravo' } });
    expect(await run('hosts remove alpha', answers)).toMatchObject({ exit: 0, err: 'alpha is removed' });
    expect(await run('hosts refresh alpha', answers)).toMatchObject({
      exit: 0,
      err: 'alpha is asked for a full report',
    });
  });
});

describe('vfleet nics and devices', () => {
  it('list shows PFs with their VFs, and VFs with their state', async () => {
    const { out } = await run('nics list alpha', {
      'GET /api/hosts/alpha/nics': ok({ items: [NIC, VF_NIC], next: null }),
    });
    expect(out).toMatch(/^enp5s0f0 +PF .* 2\/7 +changing$/m);
    expect(out).toMatch(/^enp5s0f0v0 +VF .* - +not free$/m);
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
      err: 'The change is saved and not done yet. Look again with: vfleet vfs show alpha enp5s0f0',
    });
    expect((await run('vfs set alpha enp5s0f0 --num 4 --wait 0', answers)).exit).toBe(0);
  });

  it('set is sent again with its key when its outcome is unknown', async () => {
    const unknown = { status: 503, body: problemOf('OUTCOME_UNKNOWN', []) };
    const { exit, seen } = await run('vfs set alpha enp5s0f0 --num 4', { [`PUT ${AT}`]: [unknown, ok(VFS_CONFIG)] });
    expect(exit).toBe(0);
    expect(seen[0]?.headers.get('idempotency-key')).toBe(seen[1]?.headers.get('idempotency-key'));
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

describe('vfleet tells', () => {
  it('every broken rule with its remedy', async () => {
    const rules = [
      {
        code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
        detail: 'enp5s0f0 can have 0 - 7.',
        remedy: 'Ask for 0 to 7.',
      },
      { code: 'PF_STUCK', detail: 'enp5s0f0 is stuck\u001b[2J.', remedy: REFUSALS.PF_STUCK.remedy },
    ];
    const { exit, out, err } = await run('vfs set alpha enp5s0f0 --num 9', {
      [`PUT ${AT}`]: { status: 400, body: problemOf('X', rules) },
    });
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    for (const { code, remedy } of rules) {
      expect(err).toContain(`${code}: `);
      expect(err).toContain(`Remedy: ${remedy}`);
    }
    expect(err).toContain('Correlation id: r1');
    expect(err).not.toContain('\u001b');
  });

  it('that nothing listens', async () => {
    const { exit, err } = await run('hosts list --', {});
    expect({ exit, err }).toEqual({
      exit: 1,
      err: 'vfleet: http://127.0.0.1:8080 does not answer: no answer for GET /api/hosts',
    });
  });

  it.each([
    ['no password', 'hosts list', {}, 'a password is needed'],
    ['an unreadable password file', '--password-file /nowhere hosts list', {}, 'the password file cannot be read'],
    ['a strange address', '--url ftp://x hosts list', { VFLEET_PASSWORD: 'x' }, 'is no address of an API'],
    [
      'a password in the address',
      '--url http://a:b@x hosts list',
      { VFLEET_PASSWORD: 'x' },
      'do not belong into the address',
    ],
    ['nothing to set', 'vfs set a b', { VFLEET_PASSWORD: 'x' }, 'nothing to set'],
    ['a number that is none', 'vfs set a b --num -1', { VFLEET_PASSWORD: 'x' }, 'whole number'],
    ['an unknown command', 'hosts dance', { VFLEET_PASSWORD: 'x' }, 'unknown command'],
    ['a missing argument', 'hosts show', { VFLEET_PASSWORD: 'x' }, 'missing required argument'],
  ])('%s, with 2', async (_, line, env, told) => {
    const { exit, err, seen } = await run(line, {}, env);
    expect({ exit, seen }).toEqual({ exit: 2, seen: [] });
    expect(err).toContain(told);
  });

  it('its help and its version', async () => {
    expect(await run('--version')).toMatchObject({ exit: 0, out: '0.1.0' });
    expect((await run('vfs set --help')).out).toContain('Ends with 3');
  });
});

describe('vfleet logs in', () => {
  const login = (seen: Seen[]) =>
    Buffer.from(seen[0]?.headers.get('authorization')?.slice(6) ?? '', 'base64').toString();
  const answers = { 'GET /api/hosts': ok({ items: [], next: null }) };

  it('as the environment says', async () => {
    const { seen } = await run('hosts list', answers, {
      VFLEET_PASSWORD: 'secret',
      VFLEET_USER: 'eve',
      VFLEET_URL: 'https://fleet.example/',
    });
    expect(login(seen)).toBe('eve:secret');
  });

  it('as its options say', async () => {
    const { seen } = await run('--user bob --password-file /run/secret hosts list', answers, {
      VFLEET_PASSWORD: 'secret',
    });
    expect(login(seen)).toBe('bob:from a file');
  });
});

function problemOf(code: string, refusals: { code: string; detail: string; remedy: string }[]) {
  return { type: 'urn:x', title: 'It cannot be done', status: 400, code, detail: '', refusals, correlation_id: 'r1' };
}
