import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib';
import { within } from '../alarm.ts';
import { BusUnavailable } from '../bus.ts';
import { type Session, sessionOn } from './session.ts';
import type { AmqpSettings } from './settings.ts';

/**
 * What a user of a link does in each of its sessions: declare, open channels, consume. Rejecting ends the session. What
 * it answers is called when all hooks of the session are done.
 */
type Hook = (session: Session) => Promise<(() => void) | undefined>;

/** A connection that comes back by itself. amqplib brings back the connection only, so hooks bring back the rest. */
export type Link = {
  /**
   * Runs the hook in this session, if there is one, and in every later one, in the order of the `use` calls. What the
   * broker refuses ends the session and is tried again in the next one. The answered function takes the hook out.
   */
  use(hook: Hook): Promise<() => void>;
  /** The session there is now. Throws BusUnavailable when there is none. */
  session(): Session;
  connected(): boolean;
  /** Who this connection logs in as. */
  readonly user: string;
  /** Resolves at the first connection; throws BusUnavailable after `ms`, caused by the last failure. */
  waitConnected(ms: number): Promise<void>;
  /** Closes, and does not wait for a broker that does not answer. */
  close(): Promise<void>;
};

export async function openLink({
  url,
  name,
  clock,
  log,
  settings,
}: {
  url: string;
  /** Shown by the broker's tools. */
  name: string;
  clock: Clock;
  log: Log;
  settings: AmqpSettings;
}): Promise<Link> {
  const hooks = new Set<Hook>();
  let current: Session | null = null;
  let failure: unknown;

  /** Runs inside amqplib's recovery, which listens to the model only afterwards: a loss meanwhile is seen here or never. */
  async function setup(model: ChannelModel): Promise<void> {
    const session = sessionOn(model, log);
    session.lost.addEventListener('abort', () => {
      if (current === session) current = null;
    });
    try {
      const ended = await within(clock, settings.setupTimeoutMs, session.during(runHooks(session)));
      if (ended === 'too-late') throw new Error('the broker did not take the declarations in time');
    } catch (error) {
      session.reset(new Error('the setup of the connection failed', { cause: error }));
      throw error;
    }
  }

  async function runHooks(session: Session): Promise<void> {
    const done: ((() => void) | undefined)[] = [];
    for (const hook of hooks) done.push(await hook(session));
    session.assertAlive();
    current = session;
    for (const tell of done) tell?.();
  }

  const recovering: RecoveringChannelModel = await connect(withHeartbeat(url, settings.heartbeatSeconds), {
    ...settings.tls,
    noDelay: true,
    timeout: 10_000,
    clientProperties: { connection_name: name },
    recovery: {
      setup,
      waitForConnect: false,
      initialDelay: settings.reconnect.firstDelayMs,
      maxDelay: settings.reconnect.mostDelayMs,
    },
  });
  recovering.on('error', (error) => log.debug({ name, error }, 'the connection to the broker failed'));
  recovering.on('handler-error', (error) => log.error({ name, error }, 'a listener of the broker connection threw'));
  recovering.on('disconnect', (error) => log.warn({ name, error }, 'the connection to the broker is lost'));
  recovering.on('connect-failed', (error) => {
    failure = error;
    log.warn({ name, error }, 'the broker cannot be reached');
  });
  recovering.on('connect', () => log.info({ name }, 'connected to the broker'));
  recovering.on('blocked', (reason: string) => log.warn({ name, reason }, 'the broker takes no messages'));
  recovering.on('unblocked', () => log.info({ name }, 'the broker takes messages again'));

  return {
    async use(hook) {
      hooks.add(hook);
      const session = current;
      try {
        const tell = session && (await session.during(hook(session)));
        session?.assertAlive();
        tell?.();
      } catch (error) {
        session?.reset(new Error('what was asked of the broker failed', { cause: error }));
      }
      return () => hooks.delete(hook);
    },
    session() {
      if (!current) throw new BusUnavailable('not connected to the broker');
      return current;
    },
    connected: () => current !== null,
    user: decodeURIComponent(new URL(url).username) || 'guest',
    async waitConnected(ms) {
      if ((await within(clock, ms, recovering.waitForConnect())) === 'too-late') {
        throw new BusUnavailable(`no connection to the broker within ${ms} ms`, { cause: failure });
      }
    },
    async close() {
      await within(clock, settings.closeTimeoutMs, recovering.close());
    },
  };
}

/** amqplib takes the heartbeat from the URL alone; one that is there already wins. */
function withHeartbeat(url: string, seconds: number): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(seconds));
  return parsed.toString();
}
