import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { mailbox } from './mailbox.ts';

const never = new AbortController().signal;

it('gives at once what is there', async () => {
  const box = mailbox<number>({ clock: virtualClock(), limit: 10 });
  box.put(1);
  box.put(2);
  expect(await box.take({ withinMs: 1000, signal: never })).toEqual([1, 2]);
});

it('waits for what comes, and leaves no sleeper behind', async () => {
  const clock = virtualClock();
  const box = mailbox<number>({ clock, limit: 10 });
  const taken = box.take({ withinMs: 1000, signal: never });
  box.put(1);
  expect(await taken).toEqual([1]);
  expect(clock.sleepers()).toBe(0);
});

it('waits no longer than was asked', async () => {
  const clock = virtualClock();
  const taken = mailbox<number>({ clock, limit: 10 }).take({ withinMs: 1000, signal: never });
  await clock.advance(1000);
  expect(await taken).toEqual([]);
});

it('stops waiting when the signal aborts, before or during', async () => {
  const stop = new AbortController();
  const box = mailbox<number>({ clock: virtualClock(), limit: 10 });
  const taken = box.take({ withinMs: 1000, signal: stop.signal });
  stop.abort();
  expect(await taken).toEqual([]);
  expect(await box.take({ withinMs: 1000, signal: stop.signal })).toEqual([]);
});

it('says when something found no place', async () => {
  const box = mailbox<number>({ clock: virtualClock(), limit: 2 });
  for (const item of [1, 2, 3]) box.put(item);
  expect(await box.take({ withinMs: 1000, signal: never })).toEqual([1, 2]);
  expect(box.overflowed()).toBe(true);
});
