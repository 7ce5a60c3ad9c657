import { REFUSALS, type RefusalCode, statusOf } from '@vfleet/contracts/refusals';
import { PROBLEMS, type ProblemCode } from '@vfleet/contracts/rest/problems';
import type { Problem, Refusal } from '@vfleet/contracts/vocabulary/problem';

/** A body can hold a hundred thousand faults; an answer tells the first of them. */
const MOST_TOLD = 50;

/** What is wrong with a request before any rule of the product is looked at. */
export type RequestFault = { code: ProblemCode; detail: string };

/** A problem document (RFC 9457) without the correlation id, which belongs to the request. */
export type ProblemDraft = Omit<Problem, 'correlation_id'>;

/**
 * The problem of broken rules, all of them in `refusals`. Status and code are of the most telling one
 * (404 before 400, 412, 409, 502 and 503). A code that only a newer service knows counts as 409.
 */
export function problemOfRefusals(refusals: readonly Refusal[]): ProblemDraft {
  const codes = refusals.map(({ code }) => code).filter(isKnown);
  const status = statusOf(codes.map((code) => ({ code })));
  const code = codes.find((each) => REFUSALS[each].status === status);
  if (code !== undefined) return draft({ status, code, title: REFUSALS[code].title }, refusals);
  const [first] = refusals;
  if (!first) throw new Error('a refusal without a reason');
  return draft({ status, code: first.code, title: 'A rule of the product is broken' }, refusals);
}

/** The problem of a request that cannot be carried out as it is; every fault is told, or the first fifty and how many more. */
export function problemOfFaults(faults: readonly [RequestFault, ...RequestFault[]]): ProblemDraft {
  const [{ code }] = faults;
  const { status, title } = PROBLEMS[code];
  return draft(
    { status, code, title },
    told(faults).map((fault) => ({ ...fault, remedy: PROBLEMS[fault.code].remedy })),
  );
}

function isKnown(code: string): code is RefusalCode {
  return Object.hasOwn(REFUSALS, code);
}

function told(faults: readonly RequestFault[]): readonly RequestFault[] {
  const next = faults[MOST_TOLD];
  if (!next) return faults;
  const more = { code: next.code, detail: `and ${faults.length - MOST_TOLD} more faults` };
  return [...faults.slice(0, MOST_TOLD), more];
}

function draft(
  { status, code, title }: { status: number; code: string; title: string },
  refusals: readonly { code: string; detail: string; remedy: string }[],
): ProblemDraft {
  return {
    type: `urn:vfleet:problem:${code}`,
    title,
    status,
    code,
    detail: refusals.map(({ detail }) => (detail.endsWith('.') ? detail : `${detail}.`)).join(' '),
    refusals: [...refusals],
  };
}
