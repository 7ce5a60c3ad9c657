import { AskTimeout, type Bus, BusUnavailable } from '@vfleet/bus/bus';
import type { Command, Verdict } from '@vfleet/contracts/define';
import type { Actor } from '@vfleet/contracts/envelope';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { Histogram, type Registry } from 'prom-client';

/** Who asks, and how the question is found in logs and traces. */
export type Caller = { actor: Actor; correlationId: string; traceparent: string | undefined };

/** Asks the owner of a command or query. Throws AskTimeout and BusUnavailable as `Bus.ask` does. */
export type Ask = <Request, Reply>(
  contract: Command<Request, Reply>,
  request: Request,
  caller: Caller,
  options?: { id?: string; timeoutMs?: number },
) => Promise<Verdict<Reply>>;

/** Makes `Ask` on a bus; every question is measured by contract and outcome. */
export function makeAsk({
  bus,
  clock,
  newId,
  metrics,
  timeoutMs,
}: {
  bus: Bus;
  clock: Clock;
  newId: () => string;
  metrics: Registry;
  timeoutMs: number;
}): Ask {
  const duration = new Histogram({
    name: 'vfleet_ask_duration_seconds',
    help: 'How long commands and queries took to be answered.',
    labelNames: ['contract', 'outcome'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  return async (contract, request, caller, options = {}) => {
    const started = clock.now();
    const observe = (outcome: string) =>
      duration.observe({ contract: contract.name, outcome }, (clock.now() - started) / 1000);
    const context = { ...caller, id: options.id ?? newId(), sentAt: isoNow(clock) };
    try {
      const verdict = await bus.ask(contract, request, context, { timeoutMs: options.timeoutMs ?? timeoutMs });
      observe(verdict.ok ? 'done' : 'refused');
      return verdict;
    } catch (problem) {
      observe(problem instanceof AskTimeout ? 'timeout' : problem instanceof BusUnavailable ? 'unavailable' : 'fault');
      throw problem;
    }
  };
}
