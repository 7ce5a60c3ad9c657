import { AskTimeout, BusUnavailable } from '@vfleet/bus/bus';
import type { Command, Verdict } from '@vfleet/contracts/define';
import type { Alongside } from '@vfleet/contracts/rest/alongside';
import type { AskRoute, RouteAnswer } from '@vfleet/contracts/rest/route';
import type { Ask, Caller } from './ask.ts';
import { RequestRefused } from './request-refused.ts';

type Asked = {
  params: unknown;
  send: () => Promise<Verdict<unknown>>;
  caller: Caller;
  /** How long each question may take, when not as long as usual. */
  timeoutMs?: number;
};

/**
 * Sends what a route asks of the service that owns it, and shows the answer with what another service knows beside it.
 * Throws as `Ask` does for the owner, and RequestRefused when the other one does not answer: half of an answer is none.
 */
export async function askComposed(
  route: Pick<AskRoute, 'contract' | 'toAnswer' | 'alongside'>,
  asked: Asked,
  ask: Ask,
): Promise<Verdict<RouteAnswer<unknown>>> {
  const { alongside } = route;
  if (!alongside) return answerOf(route, await asked.send());
  const { subjects } = alongside;
  if (subjects.from === 'answer') {
    const verdict = answerOf(route, await asked.send());
    return verdict.ok ? merged(verdict, alongside, await told(subjects.idsOf(verdict.reply.resource))) : verdict;
  }
  const ids = toldBy(subjects.contract, subjects.toRequest(asked.params)).then((named) =>
    named.ok ? subjects.idsOf(named.reply) : [],
  );
  const known = ids.then(told);
  // A change is sent only when it can be shown.
  const [verdict, reply] =
    route.contract.kind === 'query'
      ? await Promise.all([asked.send(), known])
      : await known.then(async (before) => [await asked.send(), before] as const);
  return merged(answerOf(route, verdict), alongside, reply);

  async function told(of: readonly string[]): Promise<unknown> {
    if (!alongside || of.length === 0) return undefined;
    const verdict = await toldBy(alongside.contract, alongside.toRequest(of));
    if (!verdict.ok) throw new Error(`${alongside.contract.name}: ${JSON.stringify(verdict.refusals)}`);
    return verdict.reply;
  }

  async function toldBy(contract: Command, request: unknown): Promise<Verdict<unknown>> {
    const { caller, timeoutMs } = asked;
    try {
      return await ask(contract, request, caller, timeoutMs === undefined ? {} : { timeoutMs });
    } catch (problem) {
      if (!(problem instanceof AskTimeout || problem instanceof BusUnavailable)) throw problem;
      const fault = { code: 'SERVICE_UNAVAILABLE', detail: `${contract.service} did not answer` } as const;
      throw new RequestRefused(fault, { 'retry-after': '5' });
    }
  }
}

function answerOf(route: Pick<AskRoute, 'toAnswer'>, verdict: Verdict<unknown>): Verdict<RouteAnswer<unknown>> {
  return verdict.ok ? { ok: true, reply: route.toAnswer(verdict.reply) } : verdict;
}

/** Without a reply there is nobody to tell more of. */
function merged(
  verdict: Verdict<RouteAnswer<unknown>>,
  { merge }: Alongside,
  reply: unknown,
): Verdict<RouteAnswer<unknown>> {
  if (!verdict.ok || reply === undefined) return verdict;
  return { ok: true, reply: { ...verdict.reply, resource: merge(verdict.reply.resource, reply) } };
}
