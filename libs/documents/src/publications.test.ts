import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { factOf } from './conformance/thing.ts';
import { ThingCounted } from './killing/world.ts';
import { makePublications, type Publications } from './publications.ts';

const CLEAR_AFTER_MS = 200;

let clock: ReturnType<typeof virtualClock>;
let publications: Publications;
let cleared: [string, readonly string[]][];
let publishing: Map<string, PromiseWithResolvers<void>>;
let warnings: object[];

beforeEach(() => {
  clock = virtualClock();
  cleared = [];
  publishing = new Map();
  warnings = [];
  publications = makePublications(
    { clearPublished: async (id, factIds) => void cleared.push([id, factIds]) },
    {
      publish: (_contract, _payload, { id }) => {
        const confirmation = Promise.withResolvers<void>();
        publishing.set(id, confirmation);
        return confirmation.promise;
      },
      clock,
      log: { ...silentLog, warn: (fields) => void warnings.push(fields) },
      clearAfterMs: CLEAR_AFTER_MS,
    },
  );
});

const start = (document: string, ...factIds: string[]) =>
  publications.start(
    document,
    factIds.map((id) => ({ fact: factOf(id), contract: ThingCounted })),
  );
const confirm = (...factIds: string[]) => {
  for (const id of factIds) publishing.get(id)?.resolve();
};

describe('publications', () => {
  it('are handed to the bus before the command is answered', () => {
    start('a', 'f1', 'f2');
    expect([...publishing.keys()]).toEqual(['f1', 'f2']);
  });

  it('of many documents are cleared together, a moment after the first was confirmed', async () => {
    start('a', 'f1', 'f2');
    start('b', 'f3');
    confirm('f1', 'f2', 'f3');
    await clock.advance(CLEAR_AFTER_MS - 1);
    expect(cleared).toEqual([]);
    await clock.advance(1);
    expect(cleared).toEqual([
      ['a', ['f1', 'f2']],
      ['b', ['f3']],
    ]);
  });

  it('that are not confirmed are not cleared', async () => {
    start('a', 'f1', 'f2', 'f3');
    confirm('f1');
    publishing.get('f3')?.reject(new Error('nacked'));
    await clock.advance(CLEAR_AFTER_MS * 10);
    expect(cleared).toEqual([['a', ['f1']]]);
    expect(warnings).toMatchObject([{ factId: 'f3', document: 'a' }]);
  });

  it('leave to the next put what is not known to be published', async () => {
    start('a', 'f1', 'f2');
    confirm('f1');
    await clock.advance(0);
    expect(publications.outstanding('a', [factOf('f0'), factOf('f1'), factOf('f2')])).toEqual([
      factOf('f0'),
      factOf('f2'),
    ]);
    expect(publications.outstanding('b', [factOf('f1')])).toEqual([factOf('f1')]);
  });

  it('clear again after a first clear', async () => {
    start('a', 'f1');
    confirm('f1');
    await clock.advance(CLEAR_AFTER_MS);
    start('a', 'f2');
    confirm('f2');
    await clock.advance(CLEAR_AFTER_MS);
    expect(cleared).toEqual([
      ['a', ['f1']],
      ['a', ['f2']],
    ]);
  });

  it('are settled when all were confirmed or given up, and are cleared then', async () => {
    start('a', 'f1', 'f2');
    const settled = publications.settled();
    confirm('f1');
    publishing.get('f2')?.reject(new Error('nacked'));
    await settled;
    expect(cleared).toEqual([['a', ['f1']]]);
  });

  it('are closed within the time given, though the bus never confirms', async () => {
    start('a', 'f1', 'f2');
    confirm('f1');
    let closed = false;
    const closing = publications.close(1000).then(() => {
      closed = true;
    });
    await clock.advance(999);
    expect(closed).toBe(false);
    await clock.advance(1);
    await closing;
    expect(cleared).toEqual([['a', ['f1']]]);
    expect(clock.sleepers()).toBe(0);
  });
});
