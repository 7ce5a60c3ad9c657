import { createHmac, randomBytes } from 'node:crypto';
import type { Documents } from '@vfleet/documents/documents';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Credentials } from './core/credentials.ts';
import { loginDelay } from './core/login-delay.ts';
import { isPassword, NOBODYS_HASH } from './password-hash.ts';
import type { User } from './users.ts';

/** A verified login holds this long without looking again; so long does an old password, changed elsewhere, hold too. */
const REMEMBERED_MS = 60_000;
/** Failures are forgotten when none was added for so long. */
const FORGIVEN_MS = 10 * 60_000;
const MOST_REMEMBERED = 1000;
const MOST_WAITING = 20;

export type LoginOutcome = 'accepted' | 'rejected' | 'too many tries';

/** Judges credentials from an address. What is kept in memory of verified ones is a keyed hash, never a password. */
export type Logins = (credentials: Credentials, address: string) => Promise<LoginOutcome>;

type Address = { failures: number; lastFailure: number; waiting: number; turn: Promise<unknown> };

/**
 * Makes the judge of logins. One address is looked at one try after another, and after a failure only when a delay is
 * over, so guessing is slow however many connections are used. The same credentials sent many times at once are
 * verified once. An unknown user takes as long as a wrong password.
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
  const addresses = new Map<string, Address>();

  return async (credentials, from) => {
    const memory = createHmac('sha256', memoryKey)
      .update(JSON.stringify([credentials.name, credentials.password]))
      .digest('hex');
    if ((verified.get(memory) ?? 0) > clock.now()) return 'accepted';
    const same = `${memory} ${from}`;
    const pending = underWay.get(same);
    if (pending) return pending;
    const judged = inTurn(from, () => judge(credentials, memory, from)).finally(() => underWay.delete(same));
    underWay.set(same, judged);
    return judged;
  };

  async function inTurn(from: string, work: () => Promise<LoginOutcome>): Promise<LoginOutcome> {
    const address = addressOf(from);
    if (address.waiting >= MOST_WAITING) return 'too many tries';
    address.waiting++;
    const outcome = address.turn.then(work);
    address.turn = outcome.catch(() => undefined);
    try {
      return await outcome;
    } finally {
      address.waiting--;
      if (address.waiting === 0 && address.failures === 0) addresses.delete(from);
    }
  }

  async function judge({ name, password }: Credentials, memory: string, from: string): Promise<LoginOutcome> {
    const user = await documents.get(name);
    const right = await isPassword(password, user?.body.passwordHash ?? NOBODYS_HASH);
    const address = addressOf(from);
    if (user && right) {
      address.failures = 0;
      remember(memory);
      return 'accepted';
    }
    address.failures = clock.now() - address.lastFailure > FORGIVEN_MS ? 1 : address.failures + 1;
    address.lastFailure = clock.now();
    log.warn({ user: name.slice(0, 64), from, failures: address.failures }, 'a login failed');
    await clock.sleep(loginDelay(address.failures));
    return 'rejected';
  }

  function addressOf(from: string): Address {
    const known = addresses.get(from);
    if (known) return known;
    for (const [other, { waiting, lastFailure }] of addresses) {
      if (waiting === 0 && clock.now() - lastFailure > FORGIVEN_MS) addresses.delete(other);
    }
    const address = { failures: 0, lastFailure: 0, waiting: 0, turn: Promise.resolve() };
    addresses.set(from, address);
    return address;
  }

  function remember(memory: string): void {
    for (const [other, until] of verified) {
      if (until <= clock.now() || verified.size >= MOST_REMEMBERED) verified.delete(other);
    }
    verified.set(memory, clock.now() + REMEMBERED_MS);
  }
}
