import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export type ScryptCost = { N: number; r: number; p: number };

/** 32 MB and about a sixth of a second a try; OWASP's equal to N = 2^17, p = 1 with less memory at once. */
const COST: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };
const KEY_BYTES = 32;
const derive = promisify<string, Buffer, number, ScryptCost & { maxmem: number }, Buffer>(scrypt);

/** Hashes a password with scrypt and fresh salt; the text holds all that is needed to verify it. */
export async function hashPassword(password: string, cost: ScryptCost = COST): Promise<string> {
  const salt = randomBytes(16);
  const key = await keyOf(password, salt, cost);
  return written(cost, salt, key);
}

/** A hash no password has; to verify against it takes as long as against a real one. */
export const NOBODYS_HASH = written(COST, Buffer.alloc(16), Buffer.alloc(KEY_BYTES));

/** Whether a password is the one that was hashed; the comparison takes the same time wherever they differ. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [kind, N, r, p, salt = '', key = ''] = hash.split('$');
  if (kind !== 'scrypt') throw new Error('a password hash of an unknown kind');
  const expected = Buffer.from(key, 'base64url');
  const given = await keyOf(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function written({ N, r, p }: ScryptCost, salt: Buffer, key: Buffer): string {
  return ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

function keyOf(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  return derive(password.normalize('NFC'), salt, KEY_BYTES, { ...cost, maxmem: 256 * cost.N * cost.r });
}
