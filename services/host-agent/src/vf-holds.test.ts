import { expect, it } from 'vitest';
import { keyedLock } from './keyed-lock.ts';
import { vfHolds } from './vf-holds.ts';

const [A, B, C] = ['0000:05:10.0', '0000:05:10.2', '0000:05:10.4'] as const;

/** Work that ends when it is told, and what it wrote down of itself. */
function workplace() {
  const seen: string[] = [];
  const job = (name: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = async () => {
      seen.push(`${name} begins`);
      await promise;
      seen.push(`${name} ends`);
    };
    return { work, end: resolve };
  };
  return { seen, job };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('lets one at a time have a VF, all of its VFs at once, and tells who has it', async () => {
  const { seen, job } = workplace();
  const holds = vfHolds();
  const [first, second, third] = [job('first'), job('second'), job('third')];
  const all = [
    holds.hold([A, B], { vm: 'vm1' }, first.work),
    holds.hold([B, C], { vm: 'vm2' }, second.work),
    holds.hold([C], 'cleaning', third.work),
  ];
  await turn();
  expect(seen).toEqual(['first begins', 'third begins']);
  expect([A, B, C].map(holds.vmAt)).toEqual(['vm1', 'vm1', null]);
  first.end();
  await turn();
  expect(seen).not.toContain('second begins');
  third.end();
  await turn();
  expect([A, B, C].map(holds.vmAt)).toEqual([null, 'vm2', 'vm2']);
  second.end();
  await Promise.all(all);
  expect([A, B, C].map(holds.vmAt)).toEqual([null, null, null]);
});

it('lets go of a VF when the work on it fails', async () => {
  const holds = vfHolds();
  await expect(holds.hold([A], 'cleaning', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await holds.hold([A], 'cleaning', async () => 'done')).toBe('done');
});

it('lets one at a time work under a key, in order, past one that fails', async () => {
  const { seen, job } = workplace();
  const lock = keyedLock();
  const [first, other] = [job('first'), job('other')];
  const failing = lock('pf1', async () => {
    await first.work();
    throw new Error('no');
  });
  const second = lock('pf1', async () => seen.push('second'));
  const elsewhere = lock('pf2', other.work);
  await turn();
  expect(seen).toEqual(['first begins', 'other begins']);
  first.end();
  await expect(failing).rejects.toThrow('no');
  await second;
  other.end();
  await elsewhere;
  expect(seen).toEqual(['first begins', 'other begins', 'first ends', 'second', 'other ends']);
});
