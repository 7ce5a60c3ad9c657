import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';
import { refusalsOf } from './testing/refusal-of.ts';

const XML = { accept: 'application/xml', 'content-type': 'application/xml' };
let tested: GatewayUnderTest;
let call: GatewayUnderTest['call'];
const refused = refusalsOf(() => tested);
beforeAll(async () => {
  tested = await gatewayUnderTest();
  call = tested.call;
});
afterAll(() => tested.close());

describe.each([['/api/hosts/alpha/nics/enp5s0f0'], ['/api/hosts/alpha/nics/enp5s0f0/vfsConfig']])(
  'the lists of %s',
  (path) => {
    it('take a network by id or by name, in JSON or in XML', async () => {
      const by = [
        { body: { id: 'n1' } },
        { body: { name: 'blue' } },
        { body: { id: 'n2', name: 'green', via_label: null } },
      ];
      for (const request of by) expect((await call('POST', `${path}/networks`, request)).status).toBe(201);
      const raw = '<network><name>red &amp; white</name></network>';
      const { status, headers, text } = await call('POST', `${path}/networks`, { raw, headers: XML });
      expect({ status, location: headers.get('location') }).toMatchObject({ status: 201 });
      expect(text).toContain('<network><id>red &amp; white</id>');
      const { items } = (await call('GET', `${path}/networks`)).json() as { items: { id: string }[] };
      expect(items.map(({ id }) => id)).toEqual(['n1', 'blue', 'n2', 'red & white']);
      expect((await call('GET', `${path}/networks`, { headers: XML })).text).toMatch(/<networks><network><id>n1<\/id>/);
    });

    it('say where a network or label is, under the names the caller used', async () => {
      const network = await call('POST', `${path}/networks`, { body: { id: 'n7' } });
      expect(network.headers.get('location')).toBe(`${path}/networks/n7`);
      const label = await call('POST', `${path}/labels`, { body: { id: 'tenant' } });
      expect({ status: label.status, location: label.headers.get('location'), label: label.json() }).toEqual({
        ...{ status: 201, location: `${path}/labels/tenant`, label: { id: 'tenant' } },
      });
      const xml = await call('POST', `${path}/labels`, { raw: '<label><id>dmz</id></label>', headers: XML });
      expect(xml.text).toMatch(/<label><id>dmz<\/id><\/label>$/);
      expect((await call('GET', `${path}/labels`, { headers: XML })).text).toMatch(
        /<labels><label><id>tenant<\/id><\/label><label><id>dmz<\/id><\/label><\/labels>$/,
      );
      for (const made of [network, label])
        expect((await call('DELETE', made.headers.get('location') ?? '')).status).toBe(204);
    });

    it('have no version to match', async () => {
      for (const of of ['networks/n1', 'labels/dmz'])
        expect((await refused('DELETE', `${path}/${of}`, { headers: { 'if-match': '"1"' } })).code).toBe(
          'PRECONDITION_NOT_SUPPORTED',
        );
    });

    it.each([
      ['networks', {}, 'needs an id or a name'],
      ['networks', { id: 'n1', colour: 'red' }, 'colour is not a field of network'],
      ['networks', { id: 7 }, 'id: '],
      ['labels', { id: 'two words' }, 'id: '],
      ['labels', { name: 'tenant' }, 'name is not a field of label'],
    ])('%s refuse %j', async (of, body, detail) => {
      const { status, problem } = await refused('POST', `${path}/${of}`, { body });
      expect(status).toBe(400);
      expect(problem.detail).toContain(detail);
    });
  },
);
