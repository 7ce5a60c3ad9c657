import { type Refusal, type RefusalCode, refusal } from '@vfleet/contracts/refusals';

/** A row of a rule table: `detail` names what breaks the rule, undefined while nothing does. */
export type Rule<Subject> = { code: RefusalCode; detail: (subject: Subject) => string | undefined };

/** The refusals of every broken rule: all rows are evaluated, all violations told. */
export function brokenRules<Subject>(rules: readonly Rule<Subject>[], subject: Subject): Refusal[] {
  return rules.flatMap(({ code, detail }) => {
    const text = detail(subject);
    return text === undefined ? [] : [refusal(code, text)];
  });
}

/**
 * What PRECONDITION_FAILED tells of a change that was made for another version than the entity's. `what` names the
 * entity, such as `network red`.
 */
export function staleVersion(
  what: string,
  { revision }: { revision: number },
  ifVersion: number | undefined,
): string | undefined {
  return ifVersion === undefined || ifVersion === revision
    ? undefined
    : `The ${what} is at version ${revision}; the change was made for version ${ifVersion}.`;
}
