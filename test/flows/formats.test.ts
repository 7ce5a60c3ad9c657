import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FlowSystem, startFlowSystem } from './flow-system.ts';

const XML = { accept: 'application/xml', 'content-type': 'application/xml' };

let system: FlowSystem;
let config: string;

beforeAll(async () => {
  system = await startFlowSystem();
  config = `/api/hosts/${system.host}/nics/pci_0000_05_00_0/vfsConfig`;
  await system.until(config, ({ state }) => state === 'unmanaged');
});
afterAll(() => system?.close());

describe('a client that speaks XML', () => {
  it("reads the resources in the seed's names", async () => {
    const { status, headers, text } = await system.request('GET', config, { headers: XML });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/xml/);
    expect(text).toMatch(
      /<vfs_config>.*<max_num_of_vfs>7<\/max_num_of_vfs>.*<num_of_vfs>0<\/num_of_vfs>.*<\/vfs_config>/s,
    );
    const list = await system.request('GET', '/api/hosts', { headers: XML });
    expect(list.text).toMatch(/<hosts>.*<host>.*<\/host>.*<\/hosts>/s);
  });

  it('changes the number of VFs and puts back what it read', async () => {
    const changed = await system.request('PUT', config, {
      headers: XML,
      body: '<vfs_config><num_of_vfs>3</num_of_vfs></vfs_config>',
    });
    expect(changed.status).toBe(200);
    expect(changed.text).toContain('<existing_num_of_vfs>3</existing_num_of_vfs>');
    const again = await system.request('PUT', config, { headers: XML, body: changed.text });
    expect(again.status).toBe(200);
    expect((await system.get(config)).body.generation).toBe(1);
  });

  it('is told every problem in XML', async () => {
    const { status, headers, text } = await system.request('PUT', config, {
      headers: XML,
      body: '<vfs_config><num_of_vfs>9</num_of_vfs></vfs_config>',
    });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+xml/);
    expect(text).toContain('ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE');
  });

  it.each([
    [
      'an external entity',
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><vfs_config><num_of_vfs>&e;</num_of_vfs></vfs_config>',
    ],
    [
      'entities that multiply',
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><vfs_config><num_of_vfs>&b;</num_of_vfs></vfs_config>',
    ],
    ['what is no XML', '<vfs_config><num_of_vfs>1'],
  ])('cannot send %s', async (_, body) => {
    const { status, text } = await system.request('PUT', config, { headers: XML, body });
    expect(status).toBe(400);
    expect(text).not.toContain('root:');
  });
});

describe('bad input changes nothing', () => {
  it.each([
    ['not JSON', '{"num_of_vfs": ', 400],
    ['an unknown field, named', '{"num_of_vf": 1}', 400],
    ['a text for a number', '{"num_of_vfs": "many"}', 400],
    ['a fraction', '{"num_of_vfs": 1.5}', 400],
    ['a body of two megabytes', JSON.stringify({ num_of_vfs: 1, labels: 'x'.repeat(2_000_000) }), 413],
  ])('%s', async (_, body, status) => {
    const before = (await system.get(config)).body;
    const answer = await system.request('PUT', config, { body });
    expect(answer.status).toBe(status);
    expect(answer.body.correlation_id).toMatch(/\w/);
    expect((await system.get(config)).body).toEqual(before);
  });

  it('another media type, another method, another path, no login', async () => {
    const yaml = await system.request('PUT', config, {
      body: 'num_of_vfs: 1',
      headers: { 'content-type': 'application/yaml' },
    });
    expect(yaml.status).toBe(415);
    expect((await system.request('PATCH', config)).status).toBe(405);
    expect((await system.get('/api/nothing')).status).toBe(404);
    expect((await fetch(`${system.url}${config}`)).status).toBe(401);
    expect(
      (await fetch(`${system.url}${config}`, { headers: { authorization: `Basic ${btoa('admin@internal:wrong')}` } }))
        .status,
    ).toBe(401);
  });
});

describe('what describes the system', () => {
  it('is the OpenAPI document, the links, and the probes that need no login', async () => {
    const { body } = await system.get('/api/openapi.json');
    expect(body.openapi).toMatch(/^3\.1/);
    expect(Object.keys(body.paths)).toContain('/api/hosts/{host}/nics/{nic}/{vfsConfig}');
    expect((await system.get('/api')).body.links.length).toBeGreaterThan(0);
    expect((await fetch(`${system.url}/health`)).status).toBe(200);
    expect((await fetch(`${system.url}/ready`)).status).toBe(200);
  });
});
