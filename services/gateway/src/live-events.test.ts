import { memoryBroker } from '@vfleet/bus/memory';
import type { Event } from '@vfleet/contracts/define';
import { MessageRefused } from '@vfleet/contracts/host-agent';
import { HostChanged } from '@vfleet/contracts/inventory';
import { HostLost } from '@vfleet/contracts/inventory-claims';
import { ClusterChanged } from '@vfleet/contracts/policy/clusters';
import { NetworkChanged } from '@vfleet/contracts/policy/networks';
import { QosChanged } from '@vfleet/contracts/policy/qos';
import { VmChanged } from '@vfleet/contracts/policy/vms';
import { VnicProfileChanged } from '@vfleet/contracts/policy/vnic-profiles';
import { RESYNC } from '@vfleet/contracts/rest/live-events';
import { PlacementChanged } from '@vfleet/contracts/scheduler/runs';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { isoNow } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeHints } from './change-hints.ts';
import { type EventLog, eventLog, makeEventLog } from './event-log.ts';
import { eventStream } from './event-stream.ts';
import { type LiveEvents, makeLiveEvents } from './live-events.ts';

let temporary: Awaited<ReturnType<typeof openTemporary>>;
let clock: ReturnType<typeof virtualClock>;
let broker: ReturnType<typeof memoryBroker>;
let log: EventLog;
let live: LiveEvents;
let stop: AbortController;
let logFails = false;
let message = 0;

beforeEach(async () => {
  temporary = await openTemporary();
  clock = virtualClock();
  broker = memoryBroker({ clock, log: silentLog });
  logFails = false;
  message = 0;
  stop = new AbortController();
  const stored = makeEventLog({ documents: await temporary.store.open(eventLog), clock, gateway: 'a' });
  log = {
    ...stored,
    append: (event) => (logFails ? Promise.reject(new Error('the store is away')) : stored.append(event)),
  };
  let id = 0;
  live = makeLiveEvents({ eventLog: log, hints: changeHints(clock), clock, newId: () => `g${++id}`, log: silentLog });
  await broker.connect().follow(live.bindings, live.subscribed);
  await live.settled();
});
afterEach(async () => {
  stop.abort();
  await temporary.destroy();
});

function say(hostId: string): Promise<void> {
  return publish(HostChanged, { hostId, change: 'updated', nics: [] });
}

async function publish<Payload>(contract: Event<Payload>, payload: Payload): Promise<void> {
  await clock.advance(1);
  const actor = { kind: 'service', name: 'inventory' } as const;
  const context = { id: `m${++message}`, correlationId: 'r1', actor, sentAt: isoNow(clock), version: 7 };
  await broker.connect().publish(contract, payload, context);
  await broker.idle();
  await live.settled();
}

type Said = { id: string | undefined; event: string; data: { data: { host_id?: string } } };

function follow(lastEventId?: string) {
  const stream = eventStream({ live, eventLog: log, lastEventId, clock, heartbeatMs: 15_000, signal: stop.signal });
  return {
    stream,
    async next(): Promise<Said> {
      for (;;) {
        const { value, done } = await stream.next();
        if (done) throw new Error('the stream has ended');
        if (!/^event: /m.test(value)) continue;
        const [, id] = /^id: (.*)$/m.exec(value) ?? [];
        const [, event = ''] = /^event: (.*)$/m.exec(value) ?? [];
        return { id, event, data: JSON.parse(/^data: (.*)$/m.exec(value)?.[1] ?? '') };
      }
    },
  };
}

async function opened(lastEventId?: string) {
  const followed = follow(lastEventId);
  for (;;) {
    const { value, done } = await followed.stream.next();
    if (done) throw new Error('the stream has ended');
    if (value === ': alive\n\n') return followed;
  }
}

describe('an event stream', () => {
  it('says what happens, spelt as the API is', async () => {
    const followed = await opened();
    await say('h1');
    expect(await followed.next()).toEqual({
      id: expect.stringMatching(/^\d{14}-m1$/),
      event: 'inventory.host-changed',
      data: {
        id: expect.any(String),
        event: 'inventory.host-changed',
        at: isoNow(clock),
        version: 7,
        correlation_id: 'r1',
        actor: { kind: 'service', name: 'inventory' },
        data: { host_id: 'h1', change: 'updated', nics: [] },
      },
    });
  });

  it.each([
    [ClusterChanged, { clusterId: 'e1', change: 'added' }, { cluster_id: 'e1', change: 'added' }],
    [NetworkChanged, { networkId: 'e1', change: 'updated' }, { network_id: 'e1', change: 'updated' }],
    [QosChanged, { qosId: 'e1', change: 'removed' }, { qos_id: 'e1', change: 'removed' }],
    [VnicProfileChanged, { vnicProfileId: 'e1', change: 'added' }, { vnic_profile_id: 'e1', change: 'added' }],
    [VmChanged, { vmId: 'e1', change: 'updated' }, { vm_id: 'e1', change: 'updated' }],
    [PlacementChanged, { vmId: 'e1', placementId: 'p1', operationId: 'o1' }, { vm_id: 'e1', operation_id: 'o1' }],
    [HostLost, { hostId: 'e1', fenceFloor: 7 }, { host_id: 'e1' }],
  ] as [Event, unknown, unknown][])('says what $name tells', async (contract, payload, data) => {
    const followed = await opened();
    await publish(contract, payload);
    expect(await followed.next()).toMatchObject({
      ...{ id: expect.stringMatching(/-m1$/), event: contract.name },
      data: { event: contract.name, version: 7, data },
    });
  });

  it('goes on after an event of an agent whose clock is in the future', async () => {
    const before = await opened();
    const actor = { kind: 'agent', name: 'h1' } as const;
    const context = { id: 'future', correlationId: 'r1', actor, sentAt: '9999-01-01T00:00:00.000Z' };
    await clock.advance(1);
    await broker.connect().publish(MessageRefused, { hostId: 'h1', message: 'probe', problem: 'none' }, context);
    const { id } = await before.next();
    await before.stream.return(undefined);
    await say('h2');
    const after = follow(id);
    await say('h3');
    expect((await after.next()).data.data.host_id).toBe('h2');
    expect((await after.next()).data.data.host_id).toBe('h3');
  });

  it('goes on where it ended, without a gap and without saying a thing twice', async () => {
    const before = await opened();
    await say('h1');
    const { id } = await before.next();
    await before.stream.return(undefined);
    await say('h2');
    const after = follow(id);
    await say('h3');
    expect((await after.next()).data.data.host_id).toBe('h2');
    expect((await after.next()).data.data.host_id).toBe('h3');
    await say('h4');
    expect((await after.next()).data.data.host_id).toBe('h4');
  });

  it('says to read again when the last event is not known', async () => {
    const followed = follow('01767225600000-unknown');
    expect(await followed.next()).toMatchObject({ id: undefined, event: RESYNC });
    await say('h1');
    expect((await followed.next()).data.data.host_id).toBe('h1');
  });

  it('says to read again when the connection was away, to those who stayed and to those who resume', async () => {
    const stayed = await opened();
    await say('h1');
    const { id } = await stayed.next();
    await clock.advance(1);
    broker.crash();
    await broker.idle();
    await live.settled();
    expect(await stayed.next()).toMatchObject({ event: RESYNC });
    await stayed.stream.return(undefined);
    await say('h2');
    const resumed = follow(id);
    expect(await resumed.next()).toMatchObject({ event: RESYNC });
    expect((await resumed.next()).data.data.host_id).toBe('h2');
  });

  it('goes on while the log is away, and says to read again to those who resume across the hole', async () => {
    const followed = await opened();
    await say('h1');
    const { id } = await followed.next();
    logFails = true;
    await say('h2');
    expect((await followed.next()).data.data.host_id).toBe('h2');
    logFails = false;
    await say('h3');
    const resumed = follow(id);
    expect(await resumed.next()).toMatchObject({ event: RESYNC });
    expect((await resumed.next()).data.data.host_id).toBe('h3');
  });

  it('says that it is alive when nothing happens', async () => {
    const { stream } = await opened();
    const next = stream.next();
    await clock.advance(15_000);
    expect(await next).toEqual({ value: ': alive\n\n', done: false });
  });

  it('ends for a reader that falls too far behind, after what it still holds', async () => {
    const followed = await opened();
    const [hears] = live.bindings;
    for (let index = 0; index < 1001; index++) await hears?.handle(fact(index));
    for (let index = 0; index < 1000; index++) expect((await followed.next()).data.data.host_id).toBe(`h${index}`);
    expect(await followed.stream.next()).toMatchObject({ done: true });
    expect(live.followers()).toBe(0);
  });

  it('ends when the gateway stops, and leaves nothing behind', async () => {
    const { stream } = await opened();
    const next = stream.next();
    stop.abort();
    expect(await next).toMatchObject({ done: true });
    expect(live.followers()).toBe(0);
    expect(clock.sleepers()).toBe(0);
  });
});

function fact(index: number) {
  return {
    id: `f${index}`,
    correlationId: 'r1',
    actor: { kind: 'service', name: 'inventory' },
    sentAt: isoNow(clock),
    payload: { hostId: `h${index}`, change: 'updated', nics: [] },
    redelivered: false,
  } as const;
}
