import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { contactOn } from './contact.ts';

it('counts how long it has been away, from the first loss', async () => {
  const clock = virtualClock();
  const contact = contactOn(clock);
  await clock.advance(500);
  expect([contact.isThere(), contact.lostForMs()]).toEqual([false, 500]);
  contact.gained();
  expect([contact.isThere(), contact.lostForMs()]).toEqual([true, 0]);
  contact.lost();
  await clock.advance(300);
  contact.lost();
  await clock.advance(300);
  expect(contact.lostForMs()).toBe(600);
});
