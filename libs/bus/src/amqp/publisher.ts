import { setMaxListeners } from 'node:events';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { ConfirmChannel, Options } from 'amqplib';
import { alarm } from '../alarm.ts';
import { BusUnavailable } from '../bus.ts';
import type { Link } from './link.ts';
import { RefusedByBroker } from './session.ts';

type Outgoing = { exchange: string; key: string; body: string; options: Options.Publish };

export type Publisher = {
  /**
   * Publishes and waits for the broker's confirm; over a lost connection or a nack it publishes again. `returned`: no
   * queue took a mandatory message. Throws BusUnavailable when time is up or `over` aborts.
   */
  send(message: Outgoing, over?: AbortSignal): Promise<'taken' | 'returned'>;
  /** Hands a message over and waits for nothing. Throws BusUnavailable when there is no connection. */
  hand(message: Outgoing): void;
  /** Answers on a direct reply-to address. Never rejects: without a connection in time the asker runs into its deadline. */
  reply(to: { address: string; token: string }, body: string): Promise<void>;
  /** Ends at once what still waits for a connection. */
  close(): void;
};

type Line = { channel: ConfirmChannel; returned: Set<number>; lost: AbortSignal };
type Outcome = 'taken' | 'returned' | 'nacked' | 'refused' | 'lost' | 'too-late';

/**
 * A quorum queue may nack while it elects a leader. A refusal closes the channel under all that is on it, so a message
 * that may have caused it is not tried for long.
 */
const MOST_TRIES = { nacked: 6, refused: 3 };
const FIRST_DELAY_MS = 50;

/** Publishes over one confirm channel of each session. `prepare` gets the channel before anything is published on it. */
export async function publisherOn(
  link: Link,
  {
    clock,
    log,
    publishTimeoutMs,
    prepare,
    onLine,
  }: {
    clock: Clock;
    log: Log;
    publishTimeoutMs: number;
    prepare?: (channel: ConfirmChannel) => Promise<void>;
    /** Called whenever there is a channel again. */
    onLine?: () => void;
  },
): Promise<Publisher> {
  let line: Line | null = null;
  let publications = 0;
  const waiting = new Set<(line: Line) => void>();
  const closed = new AbortController();
  setMaxListeners(0, closed.signal);

  await link.use(async (session) => {
    const channel = await session.openConfirmChannel();
    const mine: Line = { channel, returned: new Set(), lost: session.lost };
    channel.on('return', ({ properties }) => mine.returned.add(properties.headers?.publication));
    session.lost.addEventListener('abort', () => {
      if (line === mine) line = null;
    });
    await prepare?.(channel);
    return () => {
      line = mine;
      for (const take of waiting) take(mine);
      waiting.clear();
      onLine?.();
    };
  });

  async function ready(ms: number, over: AbortSignal | undefined): Promise<Line> {
    const { promise, resolve, reject } = Promise.withResolvers<Line>();
    const giveUp = () => reject(new BusUnavailable('not connected to the broker'));
    const ends = [closed.signal, ...(over ? [over] : [])];
    if (ends.some(({ aborted }) => aborted)) throw new BusUnavailable('nobody waits any more');
    if (line) return line;
    const cancel = alarm(clock, ms, giveUp);
    for (const end of ends) end.addEventListener('abort', giveUp);
    waiting.add(resolve);
    try {
      return await promise;
    } finally {
      cancel();
      for (const end of ends) end.removeEventListener('abort', giveUp);
      waiting.delete(resolve);
    }
  }

  /** The broker returns what nobody takes before it confirms it. A closed channel calls back before it says so. */
  function publishOn({ channel, returned, lost }: Line, message: Outgoing, ms: number): Promise<Outcome> {
    const publication = ++publications;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const cancel = alarm(clock, ms, () => resolve('too-late'));
    function confirmed(error: unknown): void {
      cancel();
      if (!error) resolve(returned.delete(publication) ? 'returned' : 'taken');
      else queueMicrotask(() => resolve(lost.aborted ? lossOf(lost) : 'nacked'));
    }
    try {
      channel.publish(
        message.exchange,
        message.key,
        Buffer.from(message.body),
        marked(message, { publication, userId: link.user }),
        confirmed,
      );
    } catch (error) {
      cancel();
      if (!lost.aborted) throw error;
      resolve(lossOf(lost));
    }
    return promise;
  }

  return {
    async send(message, over) {
      const deadline = clock.now() + publishTimeoutMs;
      for (let tries = 1; ; ) {
        const outcome = await publishOn(await ready(deadline - clock.now(), over), message, deadline - clock.now());
        switch (outcome) {
          case 'taken':
          case 'returned':
            return outcome;
          case 'too-late':
            throw new BusUnavailable(`${message.key}: not confirmed in time, it is unknown whether it was taken`);
          case 'lost':
            log.debug({ key: message.key }, 'published again: the connection was lost before the confirm');
            break;
          case 'nacked':
          case 'refused':
            if (tries >= MOST_TRIES[outcome]) throw new BusUnavailable(`${message.key}: ${outcome} by the broker`);
            log.warn({ key: message.key, outcome, tries }, 'published again');
            await clock.sleep(FIRST_DELAY_MS * 2 ** tries++);
            break;
        }
      }
    },
    hand({ exchange, key, body, options }) {
      if (!line) throw new BusUnavailable(`${key}: not connected to the broker`);
      line.channel.publish(exchange, key, Buffer.from(body), options);
    },
    async reply({ address, token }, body) {
      try {
        const { channel } = await ready(publishTimeoutMs, undefined);
        channel.publish('', address, Buffer.from(body), { correlationId: token });
      } catch (error) {
        log.warn({ error }, 'an answer could not be sent');
      }
    },
    close: () => closed.abort(),
  };
}

function lossOf({ reason }: AbortSignal): 'refused' | 'lost' {
  return reason instanceof RefusedByBroker ? 'refused' : 'lost';
}

/**
 * `publication` correlates a return with its message: the id of a message may be on its way twice. The broker takes no
 * other `userId` than that of who logged in, so that a dead letter tells who sent it (sent-under.ts).
 */
function marked(
  { options }: Outgoing,
  { publication, userId }: { publication: number; userId: string },
): Options.Publish {
  return { ...options, userId, headers: { ...options.headers, publication } };
}
