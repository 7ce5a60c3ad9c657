import { randomBytes } from 'node:crypto';
import type { Bus } from '@vfleet/bus/bus';
import type { DocumentStore } from '@vfleet/documents/documents';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { makeMetrics } from '@vfleet/process/metrics';
import type { Service } from '@vfleet/process/service';
import type { FastifyInstance } from 'fastify';
import { Gauge, type Registry } from 'prom-client';
import { buildApp } from './app.ts';
import { makeAsk } from './ask.ts';
import { auditLog, makeAuditLog } from './audit-log.ts';
import { makeAuditTrail } from './audit-trail.ts';
import { changeHints } from './change-hints.ts';
import { ensureAdmin } from './ensure-admin.ts';
import { eventLog, makeEventLog } from './event-log.ts';
import { followChanges } from './follow-changes.ts';
import { forgetOld } from './forget-old.ts';
import { makeLiveEvents } from './live-events.ts';
import { makeLogins } from './logins.ts';
import { makeReadiness } from './readiness.ts';
import { DEFAULT_SETTINGS, type GatewaySettings } from './settings.ts';
import { auditShower } from './show-audit.ts';
import { subscribeWhenPossible } from './subscribe-when-possible.ts';
import { takingNotes } from './take-notes.ts';
import { users } from './users.ts';

/** How long callers have to take what they were answered when the gateway closes. */
const CLOSE_GRACE_MS = 2000;

export type GatewayNeeds = {
  bus: Bus;
  store: DocumentStore;
  clock: Clock;
  log: Log;
  newId: () => string;
  settings: Partial<GatewaySettings>;
  /** Shows a person what must not be in a log: the password made at the first start. */
  announce: (text: string) => void;
  /** Where figures go: the registry of the process, when it has one. */
  metrics?: Registry;
};

/**
 * Starts a gateway and resolves when it listens; `problems()` and GET /ready tell when it can do its work. Any number
 * of them runs on one broker and one store. Throws when the store cannot be opened or the port is taken.
 */
export async function startGateway(needs: GatewayNeeds): Promise<Service & { url: string }> {
  const { bus, store, clock, log, newId, announce } = needs;
  const settings = { ...DEFAULT_SETTINGS, ...needs.settings };
  const { adminPassword, heartbeatMs, defaultWaitSeconds, longestWaitSeconds } = settings;
  const metrics = needs.metrics ?? makeMetrics({ service: 'gateway' });
  const stop = new AbortController();
  const stopping = stop.signal;

  const userDocuments = await store.open(users);
  const events = makeEventLog({ documents: await store.open(eventLog), clock, gateway: newId() });
  const logins = makeLogins({ documents: userDocuments, clock, log });
  const ask = makeAsk({ bus, clock, newId, metrics, timeoutMs: settings.askTimeoutMs });
  const hints = changeHints(clock);
  const live = makeLiveEvents({ eventLog: events, hints, clock, newId, log });
  const waiters = waitersGauge(metrics);
  const waiting = { ask, hints, clock, log, stopping, waiters, defaultWaitSeconds, longestWaitSeconds };
  const streams = { live, eventLog: events, clock, heartbeatMs, stopping };
  const changes = followChanges({ bus, live, clock, log, signal: stopping });
  const audit = makeAuditLog({ documents: await store.open(auditLog), clock });
  const trail = makeAuditTrail({ auditLog: audit, clock, log, signal: stopping });
  const showAudit = auditShower({ auditLog: audit, trail });
  const notes = subscribeWhenPossible({
    ...{ what: 'notes for the audit log', clock, log, signal: stopping },
    subscribe: () => bus.serve('gateway', takingNotes({ auditLog: audit })),
  });
  const { eventRetentionMs, auditRetentionMs } = settings;
  const forgetting = [
    { what: 'events', forget: events.forget, retentionMs: eventRetentionMs },
    { what: 'entries of the audit log', forget: audit.forget, retentionMs: auditRetentionMs },
  ].map((each) => forgetOld({ ...each, clock, log, signal: stopping }));
  const readiness = makeReadiness({ bus, store, ask, following: changes.following, clock, newId });
  let app: FastifyInstance | undefined;
  let closed: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    stop.abort();
    if (app) await closeWithin(app, clock);
    await Promise.all([changes.close(), notes.close()]);
    await Promise.all([live.settled(), trail.closed(), ...forgetting]);
  }
  function close(): Promise<void> {
    closed ??= closeAll();
    return closed;
  }

  try {
    const newPassword = () => randomBytes(18).toString('base64url');
    // At once, for scrypt takes its time on a thread of its own.
    [app] = await Promise.all([
      buildApp({ ask, newId, waiting, streams, readiness, metrics, showAudit, logins, trail, clock, log, settings }),
      ensureAdmin({ documents: userDocuments, adminPassword, newPassword, announce }),
    ]);
    const url = await app.listen({ host: settings.host, port: settings.port });
    return { url, problems: readiness, close };
  } catch (problem) {
    await close();
    throw problem;
  }
}

function waitersGauge(metrics: Registry): Gauge {
  const help = 'Requests that wait for a change to be settled.';
  return new Gauge({ name: 'vfleet_waiting_requests', help, registers: [metrics] });
}

/** Requests under way are answered; a connection that is still there after that, such as one whose caller went, is cut. */
async function closeWithin(app: FastifyInstance, clock: Clock): Promise<void> {
  const closed = new AbortController();
  const cut = clock.sleep(CLOSE_GRACE_MS, closed.signal).then(
    () => app.server.closeAllConnections(),
    () => undefined,
  );
  await app.close();
  closed.abort();
  await cut;
}
