import { type Refusal, type RefusalCode, refusal } from './refusals.ts';

/**
 * A row of a rule table: `detail` names the things involved when the rule is broken, and is undefined when it is not.
 * `remedy` is sharper than the code's own.
 */
export type Rule<Subject> = { code: RefusalCode; detail: (subject: Subject) => string | undefined; remedy?: string };

/** Every broken rule of a table, in the order of its rows: all are evaluated, all violations told. */
export function brokenRules<Subject>(rules: readonly Rule<Subject>[], subject: Subject): Refusal[] {
  return rules.flatMap(({ code, detail, remedy }) => {
    const text = detail(subject);
    return text === undefined ? [] : [refusal(code, text, remedy)];
  });
}
