import { createHmac, randomBytes } from 'node:crypto';
import type { Documents } from '@vfleet/documents/documents';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Credentials } from './core/credentials.ts';
import { loginDelay } from './core/login-delay.ts';
import { fairTurns } from './fair-turns.ts';
import { isPassword, NOBODYS_HASH } from './password-hash.ts';
import type { User } from './users.ts';

/** A verified login holds this long without looking again; so long does an old password, changed elsewhere, hold too. */
const REMEMBERED_MS = 60_000;
/** Failures are forgotten when none was added for so long. */
const FORGIVEN_MS = 10 * 60_000;
const MOST_REMEMBERED = 1000;
/** A verification keeps a core busy and takes 32 MB; the cores have other work too. */
const VERIFIED_AT_ONCE = 2;
/** Of one address: they are looked at in about three seconds. */
const MOST_WAITING = 20;

export type LoginOutcome = 'accepted' | 'rejected' | 'too many tries';

/** Judges credentials from an address. What is kept in memory of verified ones is a keyed hash, never a password. */
export type Logins = (credentials: Credentials, address: string) => Promise<LoginOutcome>;

type Failures = { count: number; last: number };

/**
 * Makes the judge of logins. The tries of an address are verified one after another, addresses in turn; when too many
 * of one address wait, a further one is not looked at. A rejection is held back, longer with every failure of its
 * address, and only the rejected caller waits for it: a right password waits for verifications, never for delays. So
 * an address guesses as fast as it has turns, however many connections it uses. The same credentials sent many times
 * at once are verified once. An unknown user takes as long as a wrong password.
 */
export function makeLogins({
  documents,
  clock,
  log,
}: {
  documents: Pick<Documents<User>, 'get'>;
  clock: Clock;
  log: Log;
}): Logins {
  const memoryKey = randomBytes(32);
  const verified = new Map<string, number>();
  const underWay = new Map<string, Promise<LoginOutcome>>();
  const turns = fairTurns({ atOnce: VERIFIED_AT_ONCE, mostWaiting: MOST_WAITING });
  // The address that failed last is the last one.
  const failed = new Map<string, Failures>();

  return async (credentials, from) => {
    const memory = createHmac('sha256', memoryKey)
      .update(JSON.stringify([credentials.name, credentials.password]))
      .digest('hex');
    if ((verified.get(memory) ?? 0) > clock.now()) return 'accepted';
    const same = `${memory} ${from}`;
    const pending = underWay.get(same);
    if (pending) return pending;
    const judged = judge(credentials, memory, from).finally(() => underWay.delete(same));
    underWay.set(same, judged);
    return judged;
  };

  async function judge(credentials: Credentials, memory: string, from: string): Promise<LoginOutcome> {
    const verification = turns(from, () => isRight(credentials));
    if (!verification) return 'too many tries';
    if (await verification) {
      failed.delete(from);
      remember(memory);
      return 'accepted';
    }
    const failures = countFailure(from);
    log.warn({ user: credentials.name.slice(0, 64), from, failures }, 'a login failed');
    await clock.sleep(loginDelay(failures));
    return 'rejected';
  }

  async function isRight({ name, password }: Credentials): Promise<boolean> {
    const user = await documents.get(name);
    const right = await isPassword(password, user?.body.passwordHash ?? NOBODYS_HASH);
    return user !== undefined && right;
  }

  function countFailure(from: string): number {
    for (const [address, { last }] of failed) {
      if (clock.now() - last <= FORGIVEN_MS) break;
      failed.delete(address);
    }
    const count = (failed.get(from)?.count ?? 0) + 1;
    failed.delete(from);
    failed.set(from, { count, last: clock.now() });
    return count;
  }

  function remember(memory: string): void {
    for (const [other, until] of verified) {
      if (until <= clock.now() || verified.size >= MOST_REMEMBERED) verified.delete(other);
    }
    verified.set(memory, clock.now() + REMEMBERED_MS);
  }
}
