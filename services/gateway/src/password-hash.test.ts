import { expect, it } from 'vitest';
import { hashPassword, isPassword, NOBODYS_HASH } from './password-hash.ts';

it('knows the password it hashed, and no other', async () => {
  const hash = await hashPassword('pässword', { N: 16, r: 1, p: 1 });
  expect(await isPassword('pässword', hash)).toBe(true);
  expect(await isPassword('pa\u0308ssword', hash)).toBe(true);
  expect(await isPassword('password', hash)).toBe(false);
  expect(await isPassword('', hash)).toBe(false);
});

it('holds no password, and never makes the same hash twice', async () => {
  const hashes = await Promise.all([hashPassword('secret'), hashPassword('secret')]);
  expect(hashes[0]).not.toBe(hashes[1]);
  expect(hashes.join()).not.toContain('secret');
});

it('does not take another kind of hash for a wrong password', async () => {
  await expect(isPassword('secret', '$2b$10$abcdef')).rejects.toThrow('unknown kind');
});

it("has a hash that is nobody's", async () => {
  expect(await isPassword('', NOBODYS_HASH)).toBe(false);
});
