import type { Documents } from '@vfleet/documents/documents';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureAdmin } from './ensure-admin.ts';
import { type Logins, makeLogins } from './logins.ts';
import { ADMIN, type User, users } from './users.ts';

const CHEAP = { N: 16, r: 1, p: 1 };

let temporary: Awaited<ReturnType<typeof openTemporary>>;
let documents: Documents<User>;
beforeAll(async () => {
  temporary = await openTemporary();
  documents = await temporary.store.open(users);
});
afterAll(() => temporary.destroy());

describe('the administrator', () => {
  const started = (adminPassword: string | undefined, newPassword = () => 'made') => {
    const announced: string[] = [];
    return ensureAdmin({
      documents,
      adminPassword,
      newPassword,
      announce: (text) => void announced.push(text),
      cost: CHEAP,
    }).then(() => announced);
  };
  const hash = async () => (await documents.get(ADMIN))?.body.passwordHash;

  it('gets a password at the first start, announced by one of the gateways that start together', async () => {
    const announced = await Promise.all([started(undefined, () => 'made-a'), started(undefined, () => 'made-b')]);
    expect(announced.flat()).toHaveLength(1);
    const [password] = /made-[ab]/.exec(announced.flat().join()) ?? [];
    const login = makeLogins({ documents, clock: virtualClock(), log: silentLog });
    expect(await login({ name: ADMIN, password: password ?? '' }, '192.0.2.1')).toBe('accepted');
    expect(await hash()).not.toContain(password);
  });

  it('keeps it at the next start, and hears nothing', async () => {
    const before = await hash();
    expect(await started(undefined)).toEqual([]);
    expect(await hash()).toBe(before);
  });

  it('has the password that was set, which replaces the stored one and is never announced', async () => {
    const before = await hash();
    expect(await started('chosen')).toEqual([]);
    const chosen = await hash();
    expect(chosen).not.toBe(before);
    await started('chosen');
    expect(await hash()).toBe(chosen);
    await started(undefined);
    expect(await hash()).toBe(chosen);
  });
});

describe('a login', () => {
  const admin = { name: ADMIN, password: 'chosen' };
  let clock: ReturnType<typeof virtualClock>;
  let reads: string[];
  let login: Logins;

  beforeEach(async () => {
    await ensureAdmin({ documents, adminPassword: 'chosen', newPassword: () => '', announce: () => {}, cost: CHEAP });
    clock = virtualClock();
    reads = [];
    const counted = {
      get: (id: string) => {
        reads.push(id);
        return documents.get(id);
      },
    };
    login = makeLogins({ documents: counted, clock, log: silentLog });
  });

  it('is verified once a minute', async () => {
    expect(await login(admin, '192.0.2.1')).toBe('accepted');
    await clock.advance(59_999);
    expect(await login(admin, '192.0.2.2')).toBe('accepted');
    expect(reads).toHaveLength(1);
    await clock.advance(1);
    expect(await login(admin, '192.0.2.1')).toBe('accepted');
    expect(reads).toHaveLength(2);
  });

  it('is verified once for many requests that come together', async () => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => login(admin, '192.0.2.1')));
    expect(new Set(outcomes)).toEqual(new Set(['accepted']));
    expect(reads).toHaveLength(1);
  });

  it.each([
    ['the password is wrong', { name: ADMIN, password: 'wrong' }],
    ['the user is unknown', { name: 'root', password: 'chosen' }],
    ['the password is empty', { name: ADMIN, password: '' }],
  ])('is rejected after a delay when %s', async (_, credentials) => {
    const outcome = login(credentials, '192.0.2.1');
    await untilAsleep();
    let ended = false;
    void outcome.then(() => (ended = true));
    await clock.advance(249);
    expect(ended).toBe(false);
    await clock.advance(1);
    expect(await outcome).toBe('rejected');
  });

  it('takes longer with every failure from an address, until one succeeds', async () => {
    for (const delay of [250, 500, 1000]) {
      const outcome = login({ name: ADMIN, password: `wrong ${delay}` }, '192.0.2.1');
      await untilAsleep();
      await clock.advance(delay);
      expect(await outcome).toBe('rejected');
    }
    expect(await login(admin, '192.0.2.1')).toBe('accepted');
    const outcome = login({ name: ADMIN, password: 'wrong' }, '192.0.2.1');
    await untilAsleep();
    await clock.advance(250);
    expect(await outcome).toBe('rejected');
  });

  it('lets an address guess one password at a time, and only so many wait', async () => {
    const guesses = Array.from({ length: 25 }, (_, guess) =>
      login({ name: ADMIN, password: `guess ${guess}` }, '192.0.2.1'),
    );
    const late = await Promise.all(guesses.slice(20));
    expect(late).toEqual(Array(5).fill('too many tries'));
    await untilAsleep();
    expect(reads).toHaveLength(1);
    expect(await login(admin, '192.0.2.2')).toBe('accepted');
  });

  async function untilAsleep(): Promise<void> {
    while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
  }
});
