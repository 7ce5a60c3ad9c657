import type { Command, Verdict } from '@vfleet/contracts/define';
import type { Clock } from '@vfleet/process/clock';
import { alarm } from './alarm.ts';
import { AskTimeout } from './bus.ts';
import { readReply } from './wire.ts';

type Ask<Reply> = {
  /** Goes with the request and comes back with its answer. */
  token: string;
  verdict: Promise<Verdict<Reply>>;
  /** Aborts when the verdict is there or will not come: nothing needs to be sent any more. */
  over: AbortSignal;
  fail(error: unknown): void;
};

export type Asks = {
  open<Request, Reply>(
    contract: Command<Request, Reply>,
    messageId: string,
    limits: { timeoutMs: number; signal?: AbortSignal },
  ): Ask<Reply>;
  /** Takes an answer in; one that nobody waits for any more is dropped. */
  answer(token: string, body: string): void;
  failAll(error: Error): void;
};

/** The questions of a process that wait for their answers. Each ends once: by answer, deadline, abort or failure. */
export function asks(clock: Clock): Asks {
  const waiting = new Map<string, { answer: (body: string) => void; fail: (error: unknown) => void }>();
  let count = 0;
  return {
    open(contract, messageId, { timeoutMs, signal }) {
      const token = String(++count);
      const over = new AbortController();
      const { promise, resolve, reject } = Promise.withResolvers<Verdict<never>>();
      const tooLate = () => fail(new AskTimeout(contract.name, messageId));
      const cancel = alarm(clock, timeoutMs, tooLate);
      function end(): void {
        waiting.delete(token);
        cancel();
        signal?.removeEventListener('abort', tooLate);
        over.abort();
      }
      function fail(error: unknown): void {
        reject(error);
        end();
      }
      function answer(body: string): void {
        try {
          resolve(readReply(contract, body) as Verdict<never>);
        } catch (error) {
          reject(error);
        }
        end();
      }
      waiting.set(token, { answer, fail });
      signal?.addEventListener('abort', tooLate);
      if (signal?.aborted) tooLate();
      return { token, verdict: promise, over: over.signal, fail };
    },
    answer: (token, body) => waiting.get(token)?.answer(body),
    failAll(error) {
      for (const { fail } of [...waiting.values()]) fail(error);
    },
  };
}
