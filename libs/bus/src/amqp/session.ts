import { setMaxListeners } from 'node:events';
import type { Log } from '@vfleet/process/log';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';

/** One life of a connection, from connect to loss. */
export type Session = {
  /** Aborts when the connection is gone, or is about to be because a channel of it was closed by the broker. */
  readonly lost: AbortSignal;
  openChannel(): Promise<Channel>;
  openConfirmChannel(): Promise<ConfirmChannel>;
  /** Closes a channel; resolves also when the session is lost meanwhile. */
  closeChannel(channel: Channel): Promise<void>;
  /** The work's outcome; rejects when the session is lost first. */
  during<Result>(work: Promise<Result>): Promise<Result>;
  assertAlive(): void;
  /** Ends the session; the link connects anew. There is one way back for every trouble, and it is tried all the time. */
  reset(why: Error): void;
};

/** Why a session ended: the broker closed a channel of it, for something that was asked or published on it. */
export class RefusedByBroker extends Error {
  override readonly name = 'RefusedByBroker';
}

export function sessionOn(model: ChannelModel, log: Log): Session {
  const lost = new AbortController();
  setMaxListeners(0, lost.signal);
  model.on('error', (error) => log.warn({ error }, 'the connection to the broker failed'));
  model.on('close', () => lost.abort(new Error('the connection to the broker is lost')));

  function reset(why: Error): void {
    if (lost.signal.aborted) return;
    log.warn({ error: why }, 'the connection to the broker is closed to be made anew');
    lost.abort(why);
    model.close().catch((error) => log.debug({ error }, 'the connection was gone before it was closed'));
  }

  function guard<Guarded extends Channel>(channel: Guarded): Guarded {
    channel.on('error', (error) => reset(new RefusedByBroker(error.message, { cause: error })));
    channel.on('handler-error', (error) => log.error({ error }, 'a listener of a channel threw'));
    return channel;
  }

  async function during<Result>(work: Promise<Result>): Promise<Result> {
    const { promise, reject } = Promise.withResolvers<never>();
    const onLost = () => reject(lost.signal.reason);
    lost.signal.addEventListener('abort', onLost);
    if (lost.signal.aborted) onLost();
    try {
      return await Promise.race([work, promise]);
    } finally {
      lost.signal.removeEventListener('abort', onLost);
    }
  }

  return {
    lost: lost.signal,
    openChannel: async () => guard(await model.createChannel()),
    openConfirmChannel: async () => guard(await model.createConfirmChannel()),
    async closeChannel(channel) {
      await during(channel.close()).catch((error) => log.debug({ error }, 'the channel was gone before it was closed'));
    },
    during,
    assertAlive: () => lost.signal.throwIfAborted(),
    reset,
  };
}
