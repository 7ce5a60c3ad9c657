import { REFUSALS, type RefusalCode } from '../refusals.ts';
import { PROBLEMS, type ProblemCode } from '../rest/problems.ts';
import type { AskRoute, Route } from '../rest/route.ts';
import { refTo } from './schemas.ts';

/** What a command can be refused with by the mechanisms beneath every handler. */
const OF_EVERY_COMMAND: readonly RefusalCode[] = ['IDEMPOTENCY_KEY_REUSED', 'TOO_MUCH_CONTENTION'];
/** How what was waited for can end, beside well. */
const OF_EVERY_WAIT: Readonly<Record<NonNullable<AskRoute['waitsFor']>, readonly RefusalCode[]>> = {
  generation: ['UPDATE_NUM_VFS_FAILURE', 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED', 'SUPERSEDED'],
  operation: [
    'SCHEDULING_ALL_HOSTS_FILTERED_OUT',
    'HOST_FAILED_TO_START_VM',
    'PLUGGING_FAILED',
    'GUEST_REFUSED_UNPLUG',
    'MIGRATION_FAILED',
    'VM_DIED',
    'OPERATION_NOT_EXIST',
  ],
};
const OF_EVERY_ROUTE: readonly ProblemCode[] = ['TOO_MANY_REQUESTS', 'INTERNAL_FAULT'];
const OF_EVERY_QUERY: readonly ProblemCode[] = ['MALFORMED_HEADER', 'INVALID_VALUE', 'UNKNOWN_FIELD', 'NOT_ACCEPTABLE'];
const OF_EVERY_ASK: readonly ProblemCode[] = [
  ...OF_EVERY_QUERY,
  'OUTCOME_UNKNOWN',
  'SERVICE_UNAVAILABLE',
  'OVERLOADED',
];
const OF_EVERY_BODY: readonly ProblemCode[] = ['MALFORMED_BODY', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];

/** The problem responses of a route by status, each naming the codes it may carry. */
export function problemResponses(route: Route): Record<string, unknown> {
  const titles = new Map<number, string[]>();
  for (const [code, { status, title }] of codesOf(route)) {
    titles.set(status, [...(titles.get(status) ?? []), `\`${code}\`: ${title}.`]);
  }
  const statuses = [...titles].sort(([a], [b]) => a - b);
  return Object.fromEntries(statuses.map(([status, lines]) => [String(status), problemResponse(status, lines)]));
}

function codesOf(route: Route): [string, { status: number; title: string }][] {
  const problems: ProblemCode[] = [...OF_EVERY_ROUTE];
  if (route.kind === 'ask' || route.login) problems.push('LOGIN_REQUIRED');
  if (route.kind === 'local') {
    if (Object.keys(route.query.shape).length > 0) problems.push(...OF_EVERY_QUERY, 'OVERLOADED');
    return problems.map((code) => [code, PROBLEMS[code]]);
  }
  problems.push(...OF_EVERY_ASK);
  if (route.method !== 'GET') problems.push(...OF_EVERY_BODY);
  if (route.method !== 'GET' && !route.ifMatch) problems.push('PRECONDITION_NOT_SUPPORTED');
  return [
    ...refusalsOf(route).map((code): [string, (typeof REFUSALS)[RefusalCode]] => [code, REFUSALS[code]]),
    ...problems.map((code): [string, (typeof PROBLEMS)[ProblemCode]] => [code, PROBLEMS[code]]),
  ];
}

function refusalsOf({ contract, waitsFor }: AskRoute): RefusalCode[] {
  const codes = [...contract.refusals];
  if (contract.kind === 'command') codes.push(...OF_EVERY_COMMAND);
  if (waitsFor) codes.push(...OF_EVERY_WAIT[waitsFor]);
  return [...new Set(codes)];
}

function problemResponse(status: number, lines: readonly string[]): Record<string, unknown> {
  const schema = { $ref: refTo('Problem') };
  return {
    description: lines.join('\n\n'),
    headers: {
      'X-Correlation-Id': { $ref: '#/components/headers/X-Correlation-Id' },
      ...(status === 401 ? { 'WWW-Authenticate': { schema: { type: 'string' } } } : {}),
      ...(status === 429 || status === 503 ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } : {}),
    },
    content: { 'application/problem+json': { schema }, 'application/problem+xml': { schema } },
  };
}
