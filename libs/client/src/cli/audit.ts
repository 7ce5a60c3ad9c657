import type { AuditEntry } from '@vfleet/contracts/vocabulary/audit';
import { type Command, InvalidArgumentError } from 'commander';
import { ApiProblem } from '../api-problem.ts';
import type { Client } from '../client.ts';
import type { Cli } from './cli.ts';
import { UsageError } from './login.ts';
import { count } from './options.ts';
import { tableOf } from './table.ts';

type AuditOptions = {
  actor?: string;
  target?: string | undefined;
  vm?: string;
  host?: string;
  since?: string;
  limit: number;
};

const TITLES = ['AT', 'ACTOR', 'ACTION', 'TARGET', 'OUTCOME', 'STATUS', 'CODES', 'DETAIL'];
const PAGE = 1000;

/** vfleet audit … */
export function addAuditCommands(program: Command, cli: Cli): void {
  const audit = program.command('audit').description('who did what, when, and how it came out');
  audit
    .command('list')
    .description('list what was done, the newest first')
    .option('--actor <name>', 'only what this user, agent or service did')
    .option('--target <path>', 'only what was done to this path and below, such as /api/vms/vm-1')
    .option('--vm <vm>', 'only what was done to this virtual machine, whether it was called by id or by name')
    .option('--host <host>', 'only what was done to this host, whether it was called by id or by name')
    .option('--since <time>', 'only what was done at this time or later, such as 2026-01-31 or 2026-01-31T09:00Z', time)
    .option('--limit <number>', 'how many are listed at most', count, 50)
    .action(async (options: AuditOptions) => {
      const client = cli.client();
      const targets = await targetsOf(options, client);
      const found = await Promise.all(targets.map((target) => newest(client, { ...options, target })));
      const byId = new Map(found.flat().map((entry) => [entry.id, entry]));
      const entries = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, options.limit);
      cli.show(entries, () => tableOf(TITLES, entries.map(rowOf)));
    });
}

/** What one thing was called by: callers name it by id or by name, services by its id. */
async function targetsOf({ target, vm, host }: AuditOptions, client: Client): Promise<(string | undefined)[]> {
  if ([target, vm, host].filter((each) => each !== undefined).length > 1)
    throw new UsageError('give only one of --target, --vm and --host');
  if (vm !== undefined) return pathsOf('/api/vms', vm, () => client.getVm({ vm }));
  if (host !== undefined) return pathsOf('/api/hosts', host, () => client.getHost({ host }));
  return [target];
}

/** One that was removed is found by what it is called here. */
async function pathsOf(
  path: string,
  ref: string,
  get: () => Promise<{ resource: { id: string; name: string } }>,
): Promise<string[]> {
  const called = await get().then(
    ({ resource: { id, name } }) => [id, name],
    (problem: unknown) => {
      if (problem instanceof ApiProblem && problem.problem.status === 404) return [ref];
      throw problem;
    },
  );
  return [...new Set(called)].map((each) => `${path}/${encodeURIComponent(each)}`);
}

async function newest(client: Client, options: AuditOptions): Promise<AuditEntry[]> {
  const { actor, target, since, limit } = options;
  const entries: AuditEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = { limit: Math.min(PAGE, limit - entries.length), cursor, actor, target, since };
    const { resource } = await client.listAudit(page);
    entries.push(...resource.items);
    cursor = resource.next ?? undefined;
  } while (cursor !== undefined && entries.length < limit);
  return entries;
}

function time(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('It must be a time, such as 2026-01-31T09:00Z.');
  return new Date(at).toISOString();
}

function rowOf({ at, actor, action, target, outcome, status, codes, detail }: AuditEntry): unknown[] {
  return [at, actor.name, action, target, outcome, status, codes, detail];
}
