import type { LiveEvent } from '@vfleet/contracts/rest/live-events';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { isoNow } from '@vfleet/process/clock';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventIdOf } from './core/event-order.ts';
import { type EventLog, eventLog, makeEventLog } from './event-log.ts';

let temporary: Awaited<ReturnType<typeof openTemporary>>;
let clock: ReturnType<typeof virtualClock>;
let log: EventLog;
let other: EventLog;
beforeEach(async () => {
  temporary = await openTemporary();
  clock = virtualClock();
  const documents = await temporary.store.open(eventLog);
  log = makeEventLog({ documents, clock, gateway: 'a' });
  other = makeEventLog({ documents, clock, gateway: 'b' });
});
afterEach(() => temporary.destroy());

const event = (name: string, agoMs = 0): LiveEvent => ({
  id: eventIdOf(clock.now() - agoMs, name),
  event: 'inventory.host-changed',
  at: isoNow(clock),
  version: 1,
  correlation_id: 'r1',
  actor: { kind: 'service', name: 'inventory' },
  data: {},
});
const names = async (missed: AsyncIterable<LiveEvent> | undefined) => {
  const found = [];
  for await (const { id } of missed ?? []) found.push(id.slice(15));
  return found;
};

describe('the event log', () => {
  it('gives what came after an event, in order', async () => {
    const [first, second, third] = [event('e1'), event('e2'), event('e3')];
    for (const each of [first, second, third]) await log.append(each);
    expect(await names(await log.since(first.id))).toEqual(['e2', 'e3']);
    expect(await names(await log.since(third.id))).toEqual([]);
  });

  it('gives an older event too when it came in later', async () => {
    const last = event('last');
    await log.append(event('before', 500));
    await log.append(last);
    await log.append(event('late', 1000));
    expect(await names(await log.since(last.id))).toEqual(['late']);
  });

  it('holds an event once, whoever heard it', async () => {
    const first = event('e1');
    const second = event('e2');
    for (const each of [first, second, second]) await log.append(each);
    await other.append(second);
    expect(await names(await other.since(first.id))).toEqual(['e2']);
  });

  it.each(['', 'nonsense', eventIdOf(1, 'forgotten')])('does not know the event %j', async (id) => {
    expect(await log.since(id)).toBeUndefined();
  });

  it('gives more than a page', async () => {
    const first = event('e');
    await log.append(first);
    await Promise.all(
      Array.from({ length: 1200 }, (_, index) => log.append(event(`e${String(index).padStart(4, '0')}`))),
    );
    expect(await names(await log.since(first.id))).toHaveLength(1200);
  });

  it('forgets what is old, however much it is, and keeps the rest', async () => {
    await Promise.all(Array.from({ length: 600 }, (_, index) => log.append(event(`old${index}`, 60_001))));
    const kept = event('kept', 59_000);
    const last = event('last');
    for (const each of [kept, last]) await log.append(each);
    await log.forget(clock.now() - 60_000);
    expect(await names(await log.since(kept.id))).toEqual(['last']);
    expect(await (await temporary.store.open(eventLog)).list({ limit: 1000 })).toHaveLength(2);
  });
});
