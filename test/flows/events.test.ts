import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FlowSystem, login, startFlowSystem } from './flow-system.ts';

let system: FlowSystem;
let config: string;

beforeEach(async () => {
  system = await startFlowSystem();
  config = `/api/hosts/${system.host}/nics/pci_0000_05_00_0/vfsConfig`;
  await system.until(config, ({ state }) => state === 'unmanaged');
});
afterEach(() => system.close());

/** Reads the event stream from now, or after an event, until `enough` holds of what has come. */
async function follow(
  enough: (events: EventSourceMessage[]) => boolean,
  after?: string,
): Promise<{ events: Promise<EventSourceMessage[]> }> {
  const abort = new AbortController();
  const response = await fetch(`${system.url}/api/events`, {
    headers: { ...login(), accept: 'text/event-stream', ...(after ? { 'last-event-id': after } : {}) },
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  const events: EventSourceMessage[] = [];
  const read = async () => {
    const parser = createParser({ onEvent: (event) => events.push(event) });
    const text = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      parser.feed(text.decode(chunk, { stream: true }));
      if (enough(events)) break;
    }
    abort.abort();
    return events;
  };
  return { events: read() };
}

const changes = (events: EventSourceMessage[]) =>
  events.map(({ data }) => JSON.parse(data).data?.change as string | undefined);

it('a follower hears that a change was wanted and that it was reported, naming the nic', async () => {
  const following = await follow((events) => changes(events).includes('reported'));
  await system.put(config, { num_of_vfs: 2 });
  const events = await following.events;
  expect(changes(events)).toContain('vfs-wanted');
  expect(events.every(({ id }) => id)).toBe(true);
  expect(events.map(({ data }) => data).join()).toContain('enp5s0f0');
});

it('a follower that comes back gets what it missed, and nothing twice', async () => {
  const first = await follow((events) => changes(events).includes('vfs-wanted'));
  await system.put(config, { num_of_vfs: 2 });
  const heard = await first.events;
  const last = heard.at(-1)?.id;
  await system.put(config, { num_of_vfs: 3 });
  const resumed = await follow(
    (events) => changes(events).filter((change) => change === 'vfs-wanted').length >= 1,
    last,
  );
  const missed = await resumed.events;
  expect(changes(missed)).toContain('vfs-wanted');
  const known = new Set(heard.map(({ id }) => id));
  expect(missed.filter(({ id }) => known.has(id))).toEqual([]);
});
