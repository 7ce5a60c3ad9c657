import { ApiProblem, ApiUnreachable } from '../api-problem.ts';
import { UsageError } from './login.ts';
import { EXIT, type Exit, type Surroundings } from './surroundings.ts';
import { cellOf } from './table.ts';

/** Tells a person what went wrong: every broken rule and what to do about it. Throws on what is a fault of this program. */
export function tellProblem(problem: unknown, { err, signal }: Pick<Surroundings, 'err' | 'signal'>): Exit {
  if (signal.aborted) return EXIT.refused;
  if (problem instanceof UsageError) {
    err(`vfleet: ${cellOf(problem.message)}`);
    return EXIT.usage;
  }
  if (problem instanceof ApiUnreachable) {
    err(`vfleet: ${cellOf(problem.message)}`);
    return EXIT.refused;
  }
  if (!(problem instanceof ApiProblem)) throw problem;
  const { title, refusals, correlation_id } = problem.problem;
  err(`vfleet: ${cellOf(title)}`);
  for (const { code, detail, remedy } of refusals) err(`  ${code}: ${cellOf(detail)}\n    Remedy: ${cellOf(remedy)}`);
  err(`  Correlation id: ${cellOf(correlation_id)}`);
  return EXIT.refused;
}
