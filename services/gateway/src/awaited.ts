import type { Verdict } from '@vfleet/contracts/define';
import type { RouteInput } from '@vfleet/contracts/rest/route';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Gauge } from 'prom-client';
import type { Ask, Caller } from './ask.ts';
import type { Outcome } from './await-outcome.ts';
import type { ChangeHints } from './change-hints.ts';

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

/** A command whose answer is waited for beyond its reply. */
export type Begun = {
  input: RouteInput<unknown, unknown, unknown>;
  /** What `Prefer` asks for. */
  waitSeconds: number | undefined;
  /** Without a body a command makes what is waited for by itself. */
  takesBody: boolean;
  send: () => Promise<Verdict<unknown>>;
  caller: Caller;
  url: string;
  signal: AbortSignal;
};

/** What is waited for. `saved` is what the command was answered with. */
export type Awaited = {
  /** How it stood when the command was answered; undefined when that is to be read. */
  begun(saved: unknown): Outcome | undefined;
  read(saved: unknown, timeoutMs: number): Promise<Outcome>;
  /** The entity whose changes hint at its end. */
  entityOf(saved: unknown): Promise<string>;
  /** Where a caller can look how it ends. */
  locationOf(saved: unknown): string;
};
