/** A fact can be published again this long after it became true, by the sweep of its owner. */
const LATEST_MS = 5 * 60_000;
/** How far the clocks of two gateways may be apart. */
const SKEW_MS = 10_000;

/** No clock that is right is so far ahead; less than LATEST_MS, which is searched back from an event. */
const AHEAD_MS = 60_000;

/** Where an event stands in the log: when it arrived, by the clock of the gateway that logged it. */
export type Arrival = { id: string; arrivedAt: number; gateway: string };

/**
 * The id of an event in the log, the same at every gateway: by the time it became true (milliseconds since the
 * epoch), then by its message. So ids are in the order of time, and logging an event twice is logging it once.
 */
export function eventIdOf(at: number, messageId: string): string {
  return `${String(at).padStart(14, '0')}-${messageId.replace(/[^\x21-\x7e]/g, '_')}`;
}

/**
 * When an event became true, as far as its sender can be believed: agents send events too. Who saw one from the future
 * last, and comes back, would miss all that happens until then.
 */
export function timeBelieved(sentAt: number, now: number): number {
  return sentAt > now + AHEAD_MS ? now : Math.max(0, sentAt);
}

/** When an event became true, or undefined when the text is no id of an event. */
export function timeOfEvent(id: string): number | undefined {
  const match = /^(\d{14})-[\x21-\x7e]+$/.exec(id);
  return match ? Number(match[1]) : undefined;
}

/** The id after which everything stands that a caller may have missed who saw the event at `at` last. */
export function searchFrom(at: number): string {
  return String(Math.max(0, at - LATEST_MS)).padStart(14, '0');
}

/**
 * Whether a caller who saw `last` last may have missed `other`: it is later, or it is older but came in after it.
 * When two gateways logged them their clocks may differ, and the caller may get it twice, but never not at all.
 */
export function mayBeMissed(last: Arrival, other: Arrival): boolean {
  if (other.id === last.id) return false;
  const slack = other.gateway === last.gateway ? 0 : SKEW_MS;
  return other.id > last.id || other.arrivedAt > last.arrivedAt - slack;
}
