import type { AskRoute } from '@vfleet/contracts/rest/route';
import { awaitOutcome, type Outcome } from './await-outcome.ts';
import type { Awaited, Begun, Waiting } from './awaited.ts';
import { awaitedGeneration } from './awaited-generation.ts';
import { awaitedOperation } from './awaited-operation.ts';
import type { Listener } from './change-hints.ts';
import { failedBy, type Outgoing, refusedBy } from './outgoing.ts';

const AWAITED = { generation: awaitedGeneration, operation: awaitedOperation } as const satisfies Record<
  NonNullable<AskRoute['waitsFor']>,
  (begun: Begun, waiting: Waiting) => Awaited
>;

/**
 * Sends a command and answers when what it began has ended, or 202 when the wait ends first. It listens before it
 * sends, so that no end is missed. A caller that goes away ends the wait, not what was begun.
 */
export async function answerWhenSettled(
  kind: keyof typeof AWAITED,
  request: Begun,
  waiting: Waiting,
): Promise<Outgoing> {
  const { clock, hints, waiters } = waiting;
  const seconds = Math.min(request.waitSeconds ?? waiting.defaultWaitSeconds, waiting.longestWaitSeconds);
  const deadline = clock.now() + seconds * 1000;
  const listener = hints.listen();
  waiters.inc();
  try {
    const verdict = await request.send();
    if (!verdict.ok) return refusedBy(verdict.refusals);
    const saved = verdict.reply;
    const awaited = AWAITED[kind](request, waiting);
    const begun = awaited.begun(saved);
    const isFinal = begun !== undefined && (begun.kind !== 'open' || seconds === 0);
    const end = isFinal ? begun : await awaitEnd({ awaited, saved, deadline, listener }, request, waiting);
    switch (end.kind) {
      case 'refused':
        return failedBy(end.refusals);
      case 'done':
        return { kind: 'resource', status: 200, headers: applied(request, seconds), resource: end.resource };
      case 'open': {
        const headers = { ...applied(request, seconds), location: awaited.locationOf(saved) };
        return { kind: 'resource', status: 202, headers, resource: end.resource ?? saved };
      }
    }
  } finally {
    waiters.dec();
    listener.close();
  }
}

function awaitEnd(
  { awaited, saved, deadline, listener }: { awaited: Awaited; saved: unknown; deadline: number; listener: Listener },
  { url, signal }: Begun,
  { clock, log, stopping }: Waiting,
): Promise<Outcome> {
  awaited
    .entityOf(saved)
    .then(listener.only, (problem) =>
      log.debug({ problem, url }, 'what is waited for is not known by id, so every hint is followed'),
    );
  return awaitOutcome({
    read: (timeoutMs) => awaited.read(saved, timeoutMs),
    hints: listener,
    clock,
    deadline,
    signal: AbortSignal.any([signal, stopping]),
    onFailedRead: (problem) => log.warn({ problem, url }, 'an outcome could not be read; trying again'),
  });
}

/** RFC 7240, section 3: tells the caller which wait was honoured, when it asked for one. */
function applied({ waitSeconds }: Begun, seconds: number): Record<string, string> {
  return waitSeconds === undefined ? {} : { 'preference-applied': `wait=${seconds}` };
}
