import type { Verdict } from '@vfleet/contracts/define';
import { GetHost, GetVfsConfig } from '@vfleet/contracts/inventory';
import type { RouteInput } from '@vfleet/contracts/rest/route';
import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Gauge } from 'prom-client';
import type { Ask, Caller } from './ask.ts';
import { awaitGeneration, type WaitEnd } from './await-generation.ts';
import type { ChangeHints, Listener } from './change-hints.ts';
import { generationToAwait } from './core/settlement.ts';
import { type Outgoing, refusedBy } from './outgoing.ts';

/** What a request that waits needs. `stopping` aborts when the gateway closes: who waits is answered 202 then. */
export type Waiting = {
  ask: Ask;
  hints: ChangeHints;
  clock: Clock;
  log: Log;
  stopping: AbortSignal;
  waiters: Pick<Gauge, 'inc' | 'dec'>;
  defaultWaitSeconds: number;
  longestWaitSeconds: number;
};

type Update = {
  input: RouteInput<unknown, unknown, unknown>;
  /** What `Prefer` asks for. */
  waitSeconds: number | undefined;
  message: unknown;
  send: () => Promise<Verdict<unknown>>;
  caller: Caller;
  url: string;
  signal: AbortSignal;
};
type Target = { host: string; nic: string; vfsConfig: string };

/**
 * Sends an update of a VfsConfig and answers when its generation is settled, or 202 when the wait ends first. It
 * listens before it sends, so that no settlement is missed. A caller that goes away ends the wait, not the change.
 */
export async function answerWhenSettled(update: Update, waiting: Waiting): Promise<Outgoing> {
  const { clock, hints, waiters } = waiting;
  const seconds = Math.min(update.waitSeconds ?? waiting.defaultWaitSeconds, waiting.longestWaitSeconds);
  const deadline = clock.now() + seconds * 1000;
  const listener = hints.listen();
  waiters.inc();
  try {
    const verdict = await update.send();
    if (!verdict.ok) return refusedBy(verdict.refusals);
    const saved = verdict.reply as VfsConfig;
    const generation = generationToAwait(update.input.body as { num_of_vfs?: number }, saved);
    if (generation === null) return done(update, seconds, saved);
    if (seconds === 0) return stillOpen(update, seconds, saved);
    const end = await awaitSettlement({ generation, deadline, listener }, update, waiting);
    switch (end.kind) {
      case 'applied':
        return done(update, seconds, end.resource);
      case 'refused':
        return refusedBy(end.refusals);
      case 'open':
        return stillOpen(update, seconds, end.resource ?? saved);
    }
  } finally {
    waiters.dec();
    listener.close();
  }
}

function awaitSettlement(
  { generation, deadline, listener }: { generation: number; deadline: number; listener: Listener },
  { input, caller, signal }: Update,
  { ask, clock, log, stopping }: Waiting,
): Promise<WaitEnd> {
  const target = input.params as Target;
  ask(GetHost, { host: target.host }, caller).then(
    (host) => host.ok && listener.only(host.reply.resource.id),
    (problem) => log.debug({ problem, host: target.host }, 'the host is not known by id, so every hint is followed'),
  );
  return awaitGeneration({
    nic: target.nic,
    read: (timeoutMs) => ask(GetVfsConfig, { ...target, generation }, caller, { timeoutMs }),
    hints: listener,
    clock,
    deadline,
    signal: AbortSignal.any([signal, stopping]),
    onFailedRead: (problem) =>
      log.warn({ problem, ...target, generation }, 'an outcome could not be read; trying again'),
  });
}

function done(update: Update, seconds: number, resource: VfsConfig): Outgoing {
  return { kind: 'resource', status: 200, headers: applied(update, seconds), resource };
}

function stillOpen(update: Update, seconds: number, resource: VfsConfig): Outgoing {
  return { kind: 'resource', status: 202, headers: { ...applied(update, seconds), location: update.url }, resource };
}

/** RFC 7240, section 3: tells the caller which wait was honoured, when it asked for one. */
function applied({ waitSeconds }: Update, seconds: number): Record<string, string> {
  return waitSeconds === undefined ? {} : { 'preference-applied': `wait=${seconds}` };
}
