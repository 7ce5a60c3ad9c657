import { expect, it } from 'vitest';
import { setVfPatiently } from './set-vf-patiently.ts';
import { guestsUnderTest } from './testing/guests-under-test.ts';

const MAC = '52:54:00:00:00:01';

it.each([
  { errno: 'EAGAIN', times: 4, change: { kind: 'done' }, ms: 800 },
  { errno: 'EBUSY', times: 5, change: { kind: 'errno', errno: 'EBUSY' }, ms: 800 },
  { errno: 'EIO', times: 1, change: { kind: 'errno', errno: 'EIO' }, ms: 0 },
])('F23: $errno, $times times, ends as $change after $ms ms', async ({ errno, times, change, ms }) => {
  const { guests, host, clock, pf, vfs, pass } = await guestsUnderTest();
  host.inject({ kind: 'vf-set-errno', pf, property: 'mac', errno, calls: { times } });
  const begin = clock.now();
  expect(await pass(setVfPatiently({ guests, clock }, vfs[0], { mac: MAC }))).toEqual(change);
  expect(clock.now() - begin).toBe(ms);
  expect(host.vfSettings(vfs[0]).mac === MAC).toBe(change.kind === 'done');
});
