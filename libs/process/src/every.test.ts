import { expect, it } from 'vitest';
import { every } from './every.ts';
import { silentLog } from './log.ts';
import { virtualClock } from './virtual-clock.ts';

it('does the work again and again, after a failure too, until it is ended', async () => {
  const clock = virtualClock();
  const life = new AbortController();
  let rounds = 0;
  const done = every({ clock, log: silentLog }, { everyMs: 1_000, what: 'Counting', signal: life.signal }, async () => {
    rounds++;
    if (rounds === 2) throw new Error('not this time');
  });
  await clock.advance(3_500);
  expect(rounds).toBe(3);
  life.abort(new Error('enough'));
  await done;
  await clock.advance(5_000);
  expect(rounds).toBe(3);
});
