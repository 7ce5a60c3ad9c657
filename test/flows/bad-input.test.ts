import { ROUTES } from '@vfleet/contracts/rest';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FlowSystem, login, startFlowSystem } from './flow-system.ts';

const RUNS = 80;
const PARAMETERS: Record<string, string> = {
  cluster: 'default',
  network: 'red',
  qos: 'gold',
  vnicProfile: 'pt',
  vm: 'vm-1',
  nic: 'nic1',
  vfsConfig: 'vfsConfig',
};

let system: FlowSystem;

beforeAll(async () => {
  system = await startFlowSystem();
  await system.until(`/api/hosts/${system.host}/nics/enp5s0f0/vfsConfig`, ({ state }) => state === 'unmanaged');
  await system.put(`/api/hosts/${system.host}/nics/enp5s0f0/vfsConfig`, { all_networks_allowed: false });
  await system.post('/api/qos', { id: 'gold', name: 'gold' });
  await system.post('/api/networks', { id: 'red', name: 'red' });
  await system.post('/api/vnicprofiles', { id: 'pt', name: 'pt', network: { id: 'red' }, pass_through: 'enabled' });
  await system.post('/api/vms', { id: 'vm-1', name: 'vm-1' });
  await system.post('/api/vms/vm-1/nics', { id: 'nic1', name: 'nic1', vnic_profile: { id: 'pt' } });
});
afterAll(() => system.close());

/** Everything the API shows of what administrators make; hosts report by themselves, so only their lists are among it. */
async function everything(): Promise<string> {
  const config = `/api/hosts/${system.host}/nics/enp5s0f0/vfsConfig`;
  const paths = ['clusters', 'networks', 'qos', 'vnicprofiles', 'vms'].map((list) => `/api/${list}?limit=1000`);
  const answers = await Promise.all([...paths, `${config}/networks`, `${config}/labels`].map(system.get));
  for (const { status, text } of answers) expect(status, text).toBe(200);
  return answers.map(({ text }) => text).join('\n');
}

/** Every route that takes a body, its parameters those of entities that are there. */
const targets = Object.values(ROUTES).flatMap((route) => {
  if (route.kind !== 'ask' || !route.takesBody) return [];
  const onHost = route.path.startsWith('/api/hosts/{host}/nics');
  return [
    {
      method: route.method,
      fields: Object.keys(route.body.shape),
      path: () =>
        route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
          name === 'host' ? system.host : name === 'nic' && onHost ? 'enp5s0f0' : (PARAMETERS[name] ?? name),
        ),
    },
  ];
});

const strange = fc.oneof(
  fc.constantFrom<unknown>(
    '\u202ered',
    'r\u200bed',
    'red\u2028',
    '\ud800',
    'x'.repeat(300),
    1e308,
    -1,
    0.5,
    5000,
    true,
  ),
  fc.constantFrom<unknown>([], {}, [[]], { id: {} }, { id: '' }, { unknown: 1 }, { id: 'a b' }, 'no such thing'),
);

it('whatever stands in one field of a body, it is taken or refused by a problem document that leaves all as it was', async () => {
  let before = await everything();
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...targets),
      fc.nat(),
      strange,
      fc.boolean(),
      async ({ method, fields, path }, field, value, withUnknown) => {
        const name = fields[field % fields.length] ?? 'name';
        const body = JSON.stringify({ [name]: value, ...(withUnknown ? { a_field_that_is_not: 1 } : {}) });
        const { status, text, headers } = await system.request(method, path(), { body });
        const after = await everything();
        if (status < 300 && !withUnknown) {
          before = after;
          return;
        }
        refused++;
        expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
        expect(withUnknown ? [400] : [400, 404, 409], `${method} ${path()} ${body}: ${text}`).toContain(status);
        expect(after, `${method} ${path()} ${body}`).toBe(before);
      },
    ),
    { numRuns: RUNS },
  );
  expect(refused).toBeGreaterThan(RUNS / 2);
});

it('a body of 10 MB, an XML bomb and a field that stands twice are refused, and nothing is changed', async () => {
  const before = await everything();
  const bomb = `<!DOCTYPE n [<!ENTITY a "aaaaaaaaaa">${'bcdefghij'
    .split('')
    .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefghi'[index]};`.repeat(10)}">`)
    .join('')}]><network><name>&j;</name></network>`;
  const hostile: [body: string, type: string, statuses: number[]][] = [
    [JSON.stringify({ name: 'x'.repeat(10_000_000) }), 'application/json', [413]],
    [bomb, 'application/xml', [400]],
    ['<network><name>a</name><name>b</name></network>', 'application/xml', [400]],
    ['{"name": "a", "name": "b"}', 'application/json', [400]],
    ['{"name": "a", "vlan_id": 4095}', 'application/json', [400]],
  ];
  for (const [body, type, statuses] of hostile) {
    const response = await fetch(new URL('/api/networks', system.url), {
      method: 'POST',
      headers: { ...login(), 'content-type': type },
      body,
    });
    expect(statuses, await response.text()).toContain(response.status);
  }
  expect(await everything()).toBe(before);
});
