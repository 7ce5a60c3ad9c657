import { refusal } from '@vfleet/contracts/refusals';
import { ROUTES } from '@vfleet/contracts/rest';
import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { printXml, resourceElement } from './core/xml-write.ts';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';
import { refusalsOf } from './testing/refusal-of.ts';

const XML = { accept: 'application/xml', 'content-type': 'application/xml' };
let tested: GatewayUnderTest;
let call: GatewayUnderTest['call'];
const refused = refusalsOf(() => tested);
beforeAll(async () => {
  tested = await gatewayUnderTest();
  call = tested.call;
  await call('POST', '/api/vms', { body: { name: 'host of vNICs', id: 'vm-1' } });
});
afterEach(() => {
  tested.policy.refusals = [];
});
afterAll(() => tested.close());

type Resource = { id: string; name: string };
const RESOURCES = [
  ['/api/clusters', { root: 'cluster', list: 'clusters', more: { compatibility_version: '4.6', policy: 'spread' } }],
  [
    '/api/networks',
    {
      ...{ root: 'network', list: 'networks' },
      more: { vlan_id: 100, label: 'tenant', roles: ['display', 'migration'], qos: { id: 'q1', name: 'slow' } },
    },
  ],
  [
    '/api/qos',
    { root: 'qos', list: 'qos_list', more: { type: 'vm_network', inbound: { average: 10, peak: 20, burst: 30 } } },
  ],
  [
    '/api/vnicprofiles',
    {
      ...{ root: 'vnic_profile', list: 'vnic_profiles' },
      more: { network: { id: 'n1', name: 'red' }, pass_through: 'enabled', vf: { trust: true, vlan_qos: 3 } },
    },
  ],
  [
    '/api/vms',
    { root: 'vm', list: 'vms', more: { numa_node: 1, domain_xml: '<domain>\n\t<name>&amp;</name>\n</domain>' } },
  ],
  [
    '/api/vms/vm-1/nics',
    {
      ...{ root: 'vnic', list: 'vnics' },
      more: {
        ...{ interface: 'pci_passthrough', vnic_profile: { id: 'p1', name: 'fast' }, boot_order: 1 },
        pinned_vf: { host: { id: 'h-alpha' }, pci_address: '0000:05:10.0' },
      },
    },
  ],
] as const;

describe.each(RESOURCES)('%s', (path, { root, list, more }) => {
  const body = (name: string) => ({ name, ...(more as object) });
  const added = async (name: string) => (await call('POST', path, { body: body(name) })).json() as Resource;

  it('makes one of what JSON says: 201 and where it is', async () => {
    const { status, headers, json } = await call('POST', path, { body: body('in JSON') });
    const made = json() as Resource;
    expect(status).toBe(201);
    expect(made).toMatchObject(body('in JSON'));
    expect(headers.get('location')).toBe(`${path}/${made.id}`);
    const shown = await call('GET', `${path}/${made.id}`);
    expect({ status: shown.status, etag: shown.headers.get('etag') }).toEqual({ status: 200, etag: '"1"' });
    expect(shown.json()).toEqual(made);
  });

  it('makes the same of what XML says', async () => {
    const raw = printXml(resourceElement(root, body('in XML')));
    const { status, headers, text } = await call('POST', path, { raw, headers: XML });
    expect(status).toBe(201);
    expect(text).toMatch(new RegExp(`^<\\?xml.*\\?>\\n<${root}><.*</${root}>$`, 's'));
    const shown = (await call('GET', headers.get('location') ?? '')).json();
    const twin = await added('twin');
    expect(shown).toEqual({ ...twin, id: (shown as Resource).id, name: 'in XML' });
  });

  it('makes one entity for one Idempotency-Key', async () => {
    const before = tested.policy.commands.length;
    const request = { body: body('once'), headers: { 'idempotency-key': `once-${root}` } };
    const [first, second] = [await call('POST', path, request), await call('POST', path, request)];
    expect(second.json()).toEqual(first.json());
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(tested.policy.commands.slice(before).map(({ id }) => id)).toEqual([`once-${root}`]);
  });

  it('changes and removes only the version that If-Match names', async () => {
    const { id } = await added('guarded');
    const [mine, stale] = [{ 'if-match': '"1"' }, { 'if-match': '"7"' }];
    expect(await refused('PUT', `${path}/${id}`, { body: { name: 'other' }, headers: stale })).toMatchObject({
      ...{ status: 412, code: 'PRECONDITION_FAILED' },
    });
    const changed = await call('PUT', `${path}/${id}`, { body: { name: 'other' }, headers: mine });
    expect(changed.json()).toMatchObject({ ...body('other'), id });
    expect((await call('GET', `${path}/${id}`)).headers.get('etag')).toBe('"2"');
    expect((await refused('DELETE', `${path}/${id}`, { headers: mine })).status).toBe(412);
    const removed = await call('DELETE', `${path}/${id}`, { headers: { 'if-match': '"2"' } });
    expect({ status: removed.status, text: removed.text }).toEqual({ status: 204, text: '' });
    expect((await refused('GET', `${path}/${id}`)).status).toBe(404);
  });

  it.each(['application/json', 'application/xml'])('takes back what it gives in %s', async (type) => {
    const { id } = await added(`back in ${type}`);
    const read = await call('GET', `${path}/${id}`, { headers: { accept: type } });
    const put = await call('PUT', `${path}/${id}`, { raw: read.text, headers: { accept: type, 'content-type': type } });
    expect({ status: put.status, text: put.text }).toEqual({ status: 200, text: read.text });
  });

  it('is listed page by page, in JSON and in XML', async () => {
    for (const name of ['page 3', 'page 1', 'page 2']) await added(name);
    const names = [];
    let next: string | undefined = `${path}?limit=2`;
    while (next !== undefined) {
      const { headers, json } = await call('GET', next);
      names.push(...(json() as { items: Resource[] }).items.map(({ name }) => name));
      [, next] = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '') ?? [];
      if (next !== undefined) expect(next).toMatch(/^\/api\/.*limit=2&cursor=/);
    }
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining(['page 1', 'page 2', 'page 3']));
    const { text } = await call('GET', `${path}?limit=1`, { headers: XML });
    expect(text).toMatch(new RegExp(`\\n<${list}><${root}><id>.*</${root}><next>[\\w-]+</next></${list}>$`, 's'));
  });

  it('tells every rule that is broken, in JSON and in XML', async () => {
    tested.policy.refusals = [
      refusal('QOS_TYPE_MISMATCH', 'slow is a QoS of the type vm_network.'),
      refusal('CLUSTER_NOT_EXIST', 'There is no cluster zulu.'),
    ];
    const { status, problem } = await refused('POST', path, { body: body('broken') });
    expect({ status, code: problem.code }).toEqual({ status: 404, code: 'CLUSTER_NOT_EXIST' });
    expect(problem.refusals).toEqual(tested.policy.refusals);
    const raw = printXml(resourceElement(root, body('broken')));
    const { text } = await call('POST', path, { raw, headers: XML });
    expect(text).toContain('<refusals><refusal><code>QOS_TYPE_MISMATCH</code>');
    expect(text).toContain('</refusal><refusal><code>CLUSTER_NOT_EXIST</code>');
  });
});

/** vNICs are listed within their VM, a few at a time: they are not searched. */
const SEARCHED = RESOURCES.filter(([path]) => !path.endsWith('/nics'));

it.each(SEARCHED)('%s is searched by name, on every page', async (path, { more }) => {
  for (const name of ['Search C', 'search a', 'SEARCH B'])
    await call('POST', path, { body: { name, ...(more as object) } });
  const first = await call('GET', `${path}?limit=2&name=search*`);
  expect(first.json()).toMatchObject({ items: { length: 2 } });
  const [, next = ''] = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? [];
  expect(next).toMatch(/\?limit=2&name=search\*&cursor=[\w-]+$/);
  expect((await call('GET', next)).json()).toMatchObject({ items: { length: 1 }, next: null });
  expect((await call('GET', `${path}?name=search%20a`)).json()).toMatchObject({ items: [{ name: 'search a' }] });
  await refused('GET', `${path}?name=a&name=b`);
  await refused('GET', `${path}?name=`);
});

describe('XML', () => {
  it('has roles in a list of their own, and takes null as an empty element', async () => {
    const { id } = (
      await call('POST', '/api/networks', {
        body: { name: 'xml', vlan_id: 7, label: 'a', roles: ['display'] },
      })
    ).json() as Resource;
    const raw =
      '<network><vlan_id/><label/><description/><qos></qos><roles><role>migration</role><role>display</role></roles></network>';
    const { text } = await call('PUT', `/api/networks/${id}`, { raw, headers: XML });
    expect(text).toContain(
      '<description/><mtu>1500</mtu><port_isolation>false</port_isolation><required>false</required><roles><role>migration</role><role>display</role></roles></network>',
    );
    expect((await call('GET', `/api/networks/${id}`)).json()).toMatchObject({ vlan_id: null, label: null, qos: null });
  });

  it('has the vNICs of a VM in <nics>, which a PUT passes over', async () => {
    const { policy } = tested;
    const vnic = (await call('GET', '/api/vms/vm-1/nics?limit=1')).json() as { items: Resource[] };
    await call('PUT', '/api/vms/vm-1', { body: {} });
    const nics = resourceElement('vm', { nics: vnic.items });
    const put = await call('PUT', '/api/vms/vm-1', { raw: printXml(nics), headers: XML });
    expect(put.status).toBe(200);
    expect(policy.commands.at(-1)?.payload).toEqual({ vm: 'vm-1', fields: {} });
    expect(printXml(nics)).toMatch(/<vm><nics><nic><id>.*<\/nic><\/nics><\/vm>$/);
  });
});

describe('fields further in', () => {
  it.each([
    [
      '/api/networks',
      { name: 'x', qos: { id: 'q', size: 1 } },
      'size is not a field of network.qos, which takes id, name',
    ],
    ['/api/vms', { name: 'x', cluster: { colour: 1 } }, 'colour is not a field of vm.cluster'],
    ['/api/vnicprofiles', { name: 'x', network: { id: 'n', vlan: 1 } }, 'vlan is not a field of vnic_profile.network'],
    ['/api/vnicprofiles', { name: 'x', network: { id: 'n' }, vf: { mac: 1 } }, 'mac is not a field of vnic_profile.vf'],
    ['/api/qos', { name: 'x', inbound: { rate: 1 } }, 'rate is not a field of qos.inbound, which takes average'],
    [
      '/api/vms/vm-1/nics',
      { name: 'x', pinned_vf: { host: { id: 'h', rack: 1 }, pci_address: '0000:05:10.0' } },
      'rack is not a field of vnic.pinned_vf.host',
    ],
  ])('that POST %s does not know are refused: %j', async (path, body, detail) => {
    const told = await refused('POST', path, { body });
    expect(told).toMatchObject({ status: 400, problem: { refusals: [{ code: 'UNKNOWN_FIELD' }] } });
    expect(told.problem.detail).toContain(detail);
  });

  it('that a GET shows beside an id are taken', async () => {
    const body = { name: 'x', network: { id: 'n1', name: 'red' }, failover: { id: 'p1', name: 'slow' } };
    expect((await call('POST', '/api/vnicprofiles', { body })).status).toBe(201);
  });
});

it('every route of policy was asked above', async () => {
  const figures = (await call('GET', '/metrics')).text.split('\n');
  for (const [name, route] of Object.entries(ROUTES)) {
    if (route.kind !== 'ask' || route.contract.service !== 'policy') continue;
    const parts = ['ask_duration_seconds_count', `contract="${route.contract.name}"`, 'outcome="done"'];
    expect(figures, name).toSatisfy((lines: string[]) =>
      lines.some((line) => parts.every((each) => line.includes(each))),
    );
  }
});

it('a service that is away is told as such: 503', async () => {
  const alone = await gatewayUnderTest({ askTimeoutMs: 2000 });
  await alone.call('GET', '/api');
  await alone.policy.away();
  const { json } = await alone.passTimeUntil(alone.call('GET', '/api/networks'));
  expect(Problem.parse(json())).toMatchObject({ status: 503, detail: 'policy did not answer.' });
  await alone.close();
});
