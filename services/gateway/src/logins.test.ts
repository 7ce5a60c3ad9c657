import type { Documents } from '@vfleet/documents/documents';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { silentLog } from '@vfleet/process/log';
import { turnsUntil } from '@vfleet/process/turns-until';
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

  it('is held back no longer than at first when the last failure is long ago', async () => {
    for (const wait of [250, 10 * 60_000]) {
      void login({ name: ADMIN, password: `wrong ${wait}` }, '192.0.2.1');
      await untilAsleep();
      await clock.advance(wait + 1);
    }
    const outcome = login({ name: ADMIN, password: 'wrong' }, '192.0.2.1');
    await untilAsleep();
    await clock.advance(250);
    expect(await outcome).toBe('rejected');
  });

  it('is accepted while fifty wrong ones of the same address are held back, each of them until its delay is over', async () => {
    const answered: string[] = [];
    for (let guess = 1; guess <= 50; guess++) {
      void login({ name: ADMIN, password: `guess ${guess}` }, '192.0.2.1').then((outcome) => answered.push(outcome));
      await untilAsleep(guess);
    }
    expect(await login(admin, '192.0.2.1')).toBe('accepted');
    expect(answered).toEqual([]);
    await clock.advance(7999);
    expect(answered).toEqual(Array(5).fill('rejected'));
    await clock.advance(1);
    expect(answered).toEqual(Array(50).fill('rejected'));
  });

  it('waits in a flood of wrong ones for their verification only', async () => {
    const answered: string[] = [];
    for (let guess = 1; guess <= 20; guess++)
      void login({ name: ADMIN, password: `guess ${guess}` }, '192.0.2.1').then((outcome) => answered.push(outcome));
    expect(await login(admin, '192.0.2.1')).toBe('accepted');
    expect(answered).toEqual([]);
    expect(reads).toHaveLength(21);
  });

  it('is not looked at when too many of its address wait, while another address has its turn', async () => {
    const guesses = Array.from({ length: 30 }, (_, guess) =>
      login({ name: ADMIN, password: `guess ${guess}` }, '192.0.2.1'),
    );
    expect(await Promise.all(guesses.slice(21))).toEqual(Array(9).fill('too many tries'));
    expect(await login(admin, '192.0.2.2')).toBe('accepted');
    expect(reads.length).toBeLessThan(10);
    await untilAsleep(21);
    expect(reads).toHaveLength(22);
    await clock.advance(8000);
    expect(await Promise.all(guesses.slice(0, 21))).toEqual(Array(21).fill('rejected'));
  });

  it('that cannot be verified fails, and the next one is', async () => {
    const away = { get: () => Promise.reject(new Error('the store is away')) };
    let store: Pick<Documents<User>, 'get'> = away;
    const judge = makeLogins({ documents: { get: (id) => store.get(id) }, clock, log: silentLog });
    await expect(judge(admin, '192.0.2.1')).rejects.toThrow('the store is away');
    store = documents;
    expect(await judge(admin, '192.0.2.1')).toBe('accepted');
  });

  async function untilAsleep(callers = 1): Promise<void> {
    await turnsUntil(() => clock.sleepers() >= callers);
  }
});
