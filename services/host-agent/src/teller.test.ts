import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { contactOn } from './contact.ts';
import { teller as openTeller } from './teller.ts';

function open() {
  const clock = virtualClock();
  const contact = contactOn(clock);
  contact.gained();
  const teller = openTeller({
    contact,
    clock,
    log: silentLog,
    settings: { publishDeadlineMs: 30_000, retryMs: 1_000 },
  });
  const said: string[] = [];
  const failing = new Set<string>();
  const say = (text: string) => async () => {
    if (failing.has(text)) throw new Error('cut');
    said.push(text);
  };
  return { clock, contact, teller, said, failing, say };
}

it('tells until it is confirmed', async () => {
  const { clock, teller, said, failing, say } = open();
  failing.add('a');
  teller.tell('1', say('a'));
  await clock.advance(3_000);
  expect(said).toEqual([]);
  failing.clear();
  await clock.advance(1_000);
  expect(said).toEqual(['a']);
  await clock.advance(60_000);
  expect(said).toEqual(['a']);
});

it('keeps what cannot be told without contact, one fact under a key, the newest', async () => {
  const { clock, contact, teller, said, say } = open();
  contact.lost();
  teller.tell('1', say('a'));
  teller.tell('2', say('b'));
  teller.tell('1', say('c'));
  await clock.advance(60_000);
  expect(said).toEqual([]);
  contact.gained();
  teller.resume();
  await clock.advance(0);
  expect(said.toSorted()).toEqual(['b', 'c']);
});

it('tells again what was not confirmed in time', async () => {
  const { clock, teller } = open();
  let times = 0;
  teller.tell('1', () => {
    times++;
    return times < 3 ? new Promise(() => {}) : Promise.resolve();
  });
  await clock.advance(200_000);
  expect(times).toBe(3);
});

it('tells nothing more once it is closed', async () => {
  const { clock, teller, said, failing, say } = open();
  failing.add('a');
  teller.tell('1', say('a'));
  await clock.advance(1_500);
  teller.close();
  failing.clear();
  await clock.advance(60_000);
  expect(said).toEqual([]);
});
