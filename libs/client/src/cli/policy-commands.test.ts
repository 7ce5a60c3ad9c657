import { describe, expect, it } from 'vitest';
import { HOST } from '../testing/fleet.ts';
import { CLUSTER, NETWORK, PROFILE, QOS, VM, VNIC } from '../testing/policy.ts';
import { ok, problemOf, run } from '../testing/run-line.ts';

const NOUNS = [
  ['clusters', { path: '/api/clusters', one: CLUSTER, required: '', also: {} }],
  ['networks', { path: '/api/networks', one: NETWORK, required: '', also: {} }],
  ['qos', { path: '/api/qos', one: QOS, required: '', also: {} }],
  [
    'profiles',
    { path: '/api/vnicprofiles', one: PROFILE, required: ' --network red', also: { network: { name: 'red' } } },
  ],
  ['vms', { path: '/api/vms', one: VM, required: '', also: {} }],
] as const;

describe.each(NOUNS)('vfleet %s', (noun, { path, one, required, also }) => {
  const answers = {
    [`GET ${path}/${one.name}`]: ok(one),
    [`POST ${path}`]: { status: 201, body: one },
    [`PUT ${path}/${one.name}`]: ok(one),
    [`DELETE ${path}/${one.name}`]: { status: 204 },
  };

  it('list shows all pages of those that are searched', async () => {
    const pages = [ok({ items: [one], next: 'c2' }), ok({ items: [{ ...one, name: 'other' }], next: null })];
    const { exit, out, seen } = await run(`${noun} list --name r*`, { [`GET ${path}`]: pages });
    expect({ exit, lines: out.split('\n').map((line) => line.split(/ {2,}/)[1]) }).toEqual({
      exit: 0,
      lines: ['NAME', one.name, 'other'],
    });
    const targets = [`${path}?limit=1000&name=r*`, `${path}?limit=1000&cursor=c2&name=r*`];
    expect(seen.map(({ target }) => target)).toEqual(targets);
    const all = await run(`${noun} list`, { [`GET ${path}`]: ok({ items: [], next: null }) });
    expect(all.seen.map(({ target }) => target)).toEqual([`${path}?limit=1000`]);
  });

  it('list and show give with --json what the API gives', async () => {
    const listed = await run(`--json ${noun} list`, { [`GET ${path}`]: ok({ items: [one], next: null }) });
    expect(JSON.parse(listed.out)).toEqual([one]);
    expect(JSON.parse((await run(`--json ${noun} show ${one.name}`, answers)).out)).toEqual(one);
  });

  it('show shows every field on a line of its own', async () => {
    const { out } = await run(`${noun} show ${one.name}`, answers);
    for (const field of Object.keys(one)) if (field !== 'nics') expect(out).toMatch(new RegExp(`^${field} +\\S`, 'm'));
    expect(out).not.toContain('[object');
  });

  it('add, rename and remove do what they say', async () => {
    expect((await run(`${noun} add new${required}`, answers)).seen[0]?.body).toEqual({ name: 'new', ...also });
    expect((await run(`${noun} add new${required} --id i1`, answers)).seen[0]?.body).toEqual({
      ...{ name: 'new', id: 'i1', ...also },
    });
    expect((await run(`${noun} update ${one.name} --name other`, answers)).seen[0]?.body).toEqual({ name: 'other' });
    expect(await run(`${noun} remove ${one.name}`, answers)).toMatchObject({ exit: 0, err: `${one.name} is removed` });
  });

  it('update without anything to change is wrong, and sends nothing', async () => {
    const { exit, err, seen } = await run(`${noun} update ${one.name}`, answers);
    expect({ exit, seen }).toEqual({ exit: 2, seen: [] });
    expect(err).toContain('nothing to change');
  });

  it('tells every broken rule', async () => {
    const rules = [
      { code: 'NETWORK_IN_USE', detail: 'red-vf uses it.', remedy: 'Remove it.' },
      { code: 'PRECONDITION_FAILED', detail: 'It has changed.', remedy: 'Read it again.' },
    ];
    const { exit, err } = await run(`${noun} remove ${one.name}`, {
      [`DELETE ${path}/${one.name}`]: { status: 409, body: problemOf('NETWORK_IN_USE', rules) },
    });
    expect(exit).toBe(1);
    for (const { code, detail, remedy } of rules) expect(err).toContain(`${code}: ${detail}\n    Remedy: ${remedy}`);
  });

  it('help tells how a value is taken away', async () => {
    if (noun === 'clusters') return;
    expect((await run(`${noun} update --help`)).out).toContain('takes "none", that takes away what was set');
  });
});

describe('the options of', () => {
  it.each([
    [
      'clusters update Default --compatibility-version 4.6 --policy anti-affinity --description x',
      { compatibility_version: '4.6', policy: 'anti-affinity', description: 'x' },
    ],
    [
      'networks update red --vlan-id 7 --mtu 9000 --label a --port-isolation --required --roles display,migration --qos q',
      {
        ...{ vlan_id: 7, mtu: 9000, label: 'a', port_isolation: true, required: true },
        ...{ roles: ['display', 'migration'], qos: { name: 'q' } },
      },
    ],
    [
      'networks update red --vlan-id none --label none --no-port-isolation --no-required --roles none --qos none',
      { vlan_id: null, label: null, port_isolation: false, required: false, roles: [], qos: null },
    ],
    [
      'qos update gold --inbound 1/2/3 --outbound none --linkshare none --upper-limit 5 --realtime none',
      { inbound: { average: 1, peak: 2, burst: 3 }, outbound: null, linkshare: null, upper_limit: 5, realtime: null },
    ],
    [
      'profiles update red-vf --pass-through preferred --no-migratable --failover none --no-port-mirroring --qos none',
      { pass_through: 'preferred', migratable: false, failover: null, port_mirroring: false, qos: null },
    ],
    [
      'profiles update red-vf --migratable --failover f --port-mirroring --qos q --network-filter clean-traffic',
      {
        ...{ migratable: true, failover: { name: 'f' }, port_mirroring: true, qos: { name: 'q' } },
        network_filter: 'clean-traffic',
      },
    ],
    [
      'profiles update red-vf --spoof-check no --trust none --link-state enable --min-tx-rate 1 --max-tx-rate none',
      { vf: { spoof_check: false, trust: null, link_state: 'enable', min_tx_rate: 1, max_tx_rate: null } },
    ],
    [
      'profiles update red-vf --vlan-qos 7 --vlan-protocol 802.1ad --network-filter none',
      { network_filter: null, vf: { vlan_qos: 7, vlan_protocol: '802.1ad' } },
    ],
    [
      'vms update vm-1 --cluster c --numa-node none --policy none --domain-xml none',
      { cluster: { name: 'c' }, numa_node: null, policy: null, domain_xml: null },
    ],
    [
      'vms update vm-1 --numa-node 1 --policy spread --domain-xml /run/secret',
      { numa_node: 1, policy: 'spread', domain_xml: 'from a file\n' },
    ],
  ])('vfleet %s', async (line, body) => {
    const [noun, , name] = line.split(' ');
    const path = `/api/${noun === 'profiles' ? 'vnicprofiles' : noun}/${name}`;
    const { one } = NOUNS.find(([each]) => each === noun)?.[1] ?? {};
    const { exit, seen } = await run(line, { [`PUT ${path}`]: ok(one) });
    expect({ exit, body: seen[0]?.body }).toEqual({ exit: 0, body });
  });

  it.each([
    ['networks update red --vlan-id seven', 'whole number'],
    ['networks update red --roles display,storage', 'one of management, display, migration'],
    ['clusters update Default --policy none', 'one of pack, spread, anti-affinity'],
    ['qos update gold --inbound 100', 'average/peak/burst'],
    ['profiles update red-vf --trust maybe', 'yes or no'],
    ['profiles update red-vf --link-state disable', 'one of auto, enable'],
    ['profiles add red-vf', "required option '--network <network>'"],
    ['vms update vm-1 --domain-xml /nowhere', 'the domain XML cannot be read'],
    ['vms nics update vm-1 eth0 --pinned-vf alpha', 'a host and a PCI address'],
    ['vms nics update vm-1 eth0 --interface ne2000', 'one of pci_passthrough, virtio'],
    ['vms nics update vm-1 eth0', 'nothing to change'],
  ])('vfleet %s are wrong: %s', async (line, told) => {
    const { exit, err, seen } = await run(line);
    expect({ exit, seen }).toEqual({ exit: 2, seen: [] });
    expect(err).toContain(told);
  });
});

describe('what is shown of', () => {
  it.each([
    ['clusters', CLUSTER, 'default Default 4.7 pack'],
    ['networks', NETWORK, 'n1 red 100 1500 tenant no display, migration uplink'],
    ['qos', QOS, 'q1 gold vm_network 1000/2000/100 - - - -'],
    ['vnicprofiles', PROFILE, 'p1 red-vf red enabled yes red-virtio - spoof_check no, vlan_qos 3'],
    ['vms', VM, 'm1 vm-1 up Default alpha 0 - eth0'],
  ])('%s in a list', async (path, one, row) => {
    const noun = path === 'vnicprofiles' ? 'profiles' : path;
    const { out } = await run(`${noun} list`, { [`GET /api/${path}`]: ok({ items: [one], next: null }) });
    expect(out.split('\n')[1]?.split(/ {2,}/).join(' ')).toBe(row);
  });

  it('a virtual machine has its vNICs beneath it', async () => {
    const { out } = await run('vms show vm-1', { 'GET /api/vms/vm-1': ok(VM) });
    expect(out).toMatch(/^domain_xml +9 characters$/m);
    expect(out).toMatch(/\n\nID +NAME .*\nv1 +eth0 +pci_passthrough +red-vf +red .* enp5s0f0v0 +enp5s0f0$/);
    expect((await run('vms show vm-1', { 'GET /api/vms/vm-1': ok({ ...VM, nics: [] }) })).out).not.toContain('\n\n');
  });
});

describe('vfleet vms nics', () => {
  const path = '/api/vms/vm-1/nics';
  const answers = {
    [`GET ${path}`]: ok({ items: [VNIC], next: null }),
    [`GET ${path}/eth0`]: ok(VNIC),
    [`POST ${path}`]: { status: 201, body: VNIC },
    [`PUT ${path}/eth0`]: ok(VNIC),
    [`DELETE ${path}/eth0`]: { status: 204 },
    'GET /api/hosts/alpha': ok(HOST),
  };

  it('list and show tell which VF each one holds', async () => {
    const { out } = await run('vms nics list vm-1', answers);
    expect(out).toMatch(/^v1 +eth0 +pci_passthrough +red-vf +red +52:54:00:12:34:56 +yes +yes +enp5s0f0v0 +enp5s0f0$/m);
    const shown = await run('vms nics show vm-1 eth0', answers);
    expect(shown.out).toMatch(/^vf +enp5s0f0v0 \(0000:05:10\.0\) of enp5s0f0, attached$/m);
    expect(shown.out).toMatch(/^pinned_vf +h1\/0000:05:10\.0$/m);
    expect(JSON.parse((await run('--json vms nics list vm-1', answers)).out)).toEqual([VNIC]);
  });

  it('add, update and remove do what they say', async () => {
    const added = await run('vms nics add vm-1 eth0 --interface virtio --vnic-profile red-vf --no-plugged', answers);
    expect(added.seen[0]?.body).toEqual({
      ...{ name: 'eth0', interface: 'virtio', vnic_profile: { name: 'red-vf' }, plugged: false },
    });
    const line =
      'vms nics update vm-1 eth0 --mac 52:54:00:00:00:07 --boot-order 1 --custom-mtu none --vnic-profile none';
    expect((await run(`${line} --no-linked --mac-spoofing --pinned-vf none`, answers)).seen[0]?.body).toEqual({
      ...{ mac: '52:54:00:00:00:07', boot_order: 1, custom_mtu: null, vnic_profile: null },
      ...{ linked: false, mac_spoofing: true, pinned_vf: null },
    });
    expect(await run('vms nics remove vm-1 eth0', answers)).toMatchObject({ exit: 0, err: 'eth0 is removed' });
  });

  it('pins a VF of a host by name, which it looks up', async () => {
    const { seen } = await run('vms nics update vm-1 eth0 --pinned-vf alpha/0000:05:10.1', answers);
    expect(seen.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'GET /api/hosts/alpha',
      `PUT ${path}/eth0`,
    ]);
    expect(seen[1]?.body).toEqual({ pinned_vf: { host: { id: 'h1' }, pci_address: '0000:05:10.1' } });
  });
});
