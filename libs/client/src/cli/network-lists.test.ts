import { describe, expect, it } from 'vitest';
import { ok, run } from '../testing/run-line.ts';

const NETWORKS = [
  { id: 'n1', name: 'red', via_label: 'tenant' },
  { id: 'n2', name: 'blue', via_label: null },
];

describe.each([
  ['nics', '/api/hosts/alpha/nics/enp5s0f0'],
  ['vfs', '/api/hosts/alpha/nics/enp5s0f0/vfsConfig'],
])('vfleet %s', (noun, path) => {
  const at = 'alpha enp5s0f0';

  it('networks list shows all pages, each network with its origin', async () => {
    const pages = NETWORKS.map((network, index) => ok({ items: [network], next: index === 0 ? 'c2' : null }));
    const { exit, out, seen } = await run(`${noun} networks list ${at}`, { [`GET ${path}/networks`]: pages });
    expect(exit).toBe(0);
    expect(out).toBe(['ID  NAME  VIA LABEL', 'n1  red   tenant', 'n2  blue  -'].join('\n'));
    expect(seen.map(({ target }) => target)).toEqual([
      `${path}/networks?limit=1000`,
      `${path}/networks?limit=1000&cursor=c2`,
    ]);
  });

  it('networks add and remove take an id or a name', async () => {
    const answers = {
      [`POST ${path}/networks`]: { status: 201, body: NETWORKS[1] },
      [`DELETE ${path}/networks/blue`]: { status: 204 },
    };
    const added = await run(`${noun} networks add ${at} blue`, answers);
    expect(added).toMatchObject({ exit: 0, out: 'blue is added', seen: [{ body: { name: 'blue' } }] });
    expect(JSON.parse((await run(`--json ${noun} networks add ${at} blue`, answers)).out)).toEqual(NETWORKS[1]);
    expect(await run(`${noun} networks remove ${at} blue`, answers)).toMatchObject({
      exit: 0,
      err: 'blue is off the list',
    });
  });

  it('labels list, add and remove', async () => {
    const answers = {
      [`GET ${path}/labels`]: ok({ items: [{ id: 'tenant' }], next: null }),
      [`POST ${path}/labels`]: { status: 201, body: { id: 'dmz' } },
      [`DELETE ${path}/labels/dmz`]: { status: 204 },
    };
    expect((await run(`${noun} labels list ${at}`, answers)).out).toBe('LABEL\ntenant');
    expect(await run(`${noun} labels add ${at} dmz`, answers)).toMatchObject({
      ...{ exit: 0, out: 'dmz is added', seen: [{ body: { id: 'dmz' } }] },
    });
    expect(await run(`${noun} labels remove ${at} dmz`, answers)).toMatchObject({
      exit: 0,
      err: 'dmz is off the list',
    });
  });
});
