import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bus } from '@vfleet/bus/bus';
import type { Verdict } from '@vfleet/contracts/define';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { DEMO_CONTENT, type DemoStep } from './demo-content.ts';

const ASK_MS = 10_000;
/** How often, and how long, what a host reports is waited for. Milliseconds. */
const AGAIN_MS = 20;
const PATIENCE_MS = 10_000;

/**
 * Makes what the demo fleet has beside its hosts, once for a data folder: what an administrator has changed or removed
 * since stays so. Cut off in the middle it is taken up again, for every step has a message id of its own. A step that is
 * refused is logged and passed over: the name may be taken on a server that others use too.
 */
export async function makeDemo({
  bus,
  folder,
  clock,
  log,
}: {
  bus: Bus;
  folder: string;
  clock: Clock;
  log: Log;
}): Promise<void> {
  const marker = join(folder, 'demo-is-made');
  if (await exists(marker)) return;
  for (const [index, step] of DEMO_CONTENT.entries()) {
    const verdict = await (step.awaited ? until : ask)({ bus, clock }, step, `demo-${index + 1}`);
    if (!verdict.ok)
      log.warn({ step: step.contract.name, refusals: verdict.refusals }, 'A part of the demo is not made');
  }
  await writeFile(marker, `${isoNow(clock)}\n`);
}

async function ask(
  { bus, clock }: { bus: Bus; clock: Clock },
  { contract, request }: DemoStep,
  id: string,
): Promise<Verdict<unknown>> {
  const actor = { kind: 'service' as const, name: 'demo' };
  return bus.ask(contract, request, { id, correlationId: id, actor, sentAt: isoNow(clock) }, { timeoutMs: ASK_MS });
}

/** A host that an administrator has removed reports nothing any more. */
async function until(around: { bus: Bus; clock: Clock }, step: DemoStep, id: string): Promise<Verdict<unknown>> {
  const deadline = around.clock.now() + PATIENCE_MS;
  for (let attempt = 1; ; attempt++) {
    const verdict = await ask(around, step, `${id}-${attempt}`);
    if (verdict.ok || hasNoHost(verdict) || around.clock.now() >= deadline) return verdict;
    await around.clock.sleep(AGAIN_MS);
  }
}

function hasNoHost(verdict: Verdict<unknown>): boolean {
  return !verdict.ok && verdict.refusals.some(({ code }) => code === 'HOST_NOT_EXIST');
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (problem: NodeJS.ErrnoException) => {
      if (problem.code === 'ENOENT') return false;
      throw problem;
    },
  );
}
