import type { LiveEvent } from '@vfleet/contracts/rest/live-events';
import type { Clock } from '@vfleet/process/clock';
import { searchFrom } from './core/event-order.ts';
import type { EventLog } from './event-log.ts';
import type { LiveEvents } from './live-events.ts';

/** Clients come back after this many milliseconds. */
const RETRY = 'retry: 2000\n\n';
const HEARTBEAT = ': alive\n\n';

/** What every event stream of a process has. */
export type Streams = { live: LiveEvents; eventLog: EventLog; clock: Clock; heartbeatMs: number };

/**
 * The text of an event stream: what was missed since `lastEventId`, then everything as it happens, and a comment when
 * nothing happened for a while. It ends when the signal aborts or the reader falls too far behind. An event that came
 * in while the missed ones were read is not said twice.
 */
export async function* eventStream({
  live,
  eventLog,
  clock,
  heartbeatMs,
  lastEventId,
  signal,
}: Streams & { lastEventId: string | undefined; signal: AbortSignal }): AsyncGenerator<string> {
  const follower = live.open();
  const recent = searchFrom(clock.now());
  try {
    yield RETRY;
    const said = new Set<string>();
    if (lastEventId !== undefined) {
      const missed = await eventLog.since(lastEventId);
      if (!missed) yield dataOf(live.resync('the last event is not in the log'));
      else
        for await (const event of missed) {
          if (event.id > recent) said.add(event.id);
          yield spelt(event);
        }
    }
    yield HEARTBEAT;
    while (!signal.aborted) {
      const events = await follower.take({ withinMs: heartbeatMs, signal });
      for (const event of events) if (!said.has(event.id)) yield spelt(event);
      said.clear();
      if (follower.overflowed()) return;
      if (events.length === 0 && !signal.aborted) yield HEARTBEAT;
    }
  } finally {
    live.close(follower);
  }
}

function spelt(event: LiveEvent): string {
  return `id: ${event.id}\n${dataOf(event)}`;
}

/** Without an id the caller's last one stays what it was. */
function dataOf(event: LiveEvent): string {
  return `event: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`;
}
