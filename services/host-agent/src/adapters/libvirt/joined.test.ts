import { expect, it, vi } from 'vitest';
import { joined } from './joined.ts';

function looking() {
  const begun: PromiseWithResolvers<number>[] = [];
  const ask = joined(() => {
    const look = Promise.withResolvers<number>();
    begun.push(look);
    return look.promise;
  });
  return { begun, ask };
}

it('answers nobody with what was looked at before he asked, however many ask', async () => {
  const { begun, ask } = looking();
  const first = ask();
  const others = [ask(), ask(), ask()];
  expect(begun).toHaveLength(1);
  begun[0]?.resolve(1);
  expect(await first).toBe(1);
  await vi.waitFor(() => expect(begun).toHaveLength(2));
  const later = ask();
  begun[1]?.resolve(2);
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  await vi.waitFor(() => expect(begun).toHaveLength(3));
  begun[2]?.resolve(3);
  expect(await later).toBe(3);
});

it('goes on after a look that failed, and tells its failure to those who waited for it', async () => {
  const { begun, ask } = looking();
  const first = ask();
  const second = ask();
  begun[0]?.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await vi.waitFor(() => expect(begun).toHaveLength(2));
  begun[1]?.resolve(2);
  expect(await second).toBe(2);
});
