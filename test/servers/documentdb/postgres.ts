import { execFile } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { until } from '../condition.ts';
import { type OwnProcess, startOwnProcess } from '../own-process.ts';
import { freePort } from '../port.ts';
import { POSTGRES_BIN, type Tree } from './tree.ts';

const run = promisify(execFile);
const BOOT_MS = 60_000;
/** Data directories in the tree, each named after the process that made it. */
const RUNS = 'var/lib/vfleet-test';
/** PostgreSQL's immediate shutdown: ends all its processes and frees its shared memory, without a checkpoint. */
const SHUTDOWN = 'SIGQUIT';

export type Postgres = { url: string; version: string; log: string; check(): void; close(): Promise<void> };

/** PostgreSQL with the DocumentDB extension out of the tree, on a fresh data directory that goes with it. */
export async function startPostgres(tree: Tree): Promise<Postgres> {
  const owner = { uid: Number(tree.user), gid: Number(tree.group) };
  const parent = join(tree.directory, RUNS);
  mkdirSync(parent, { recursive: true });
  removeAbandoned(parent);
  const directory = mkdtempSync(join(parent, `${process.pid}-`));
  chownSync(directory, owner.uid, owner.gid);
  const inside = join('/', RUNS, basename(directory));
  const log = join(directory, 'postgres.log');
  const port = await freePort();
  let server: OwnProcess | undefined;
  const close = async () => {
    await server?.end();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await initialise(tree, `${inside}/data`);
    appendFileSync(join(directory, 'data/postgresql.conf'), configuration({ inside, port }));
    server = startOwnProcess({
      name: 'PostgreSQL',
      ...inTree(tree, [`${POSTGRES_BIN}/postgres`, '-D', `${inside}/data`], ['--pdeathsig', SHUTDOWN.slice(3)]),
      deathSignal: SHUTDOWN,
      log,
    });
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    const { check } = server;
    const ready = async () => {
      check();
      return existsSync(join(directory, `.s.PGSQL.${port}`)) && answers(url);
    };
    await until(ready, { what: 'the start of PostgreSQL', withinMs: BOOT_MS });
    return { url, version: await withExtension(url), log, check, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A test run that was killed leaves its data directory. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!existsSync(join('/proc', name.split('-')[0] ?? '')))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

async function initialise(tree: Tree, data: string): Promise<void> {
  const { command, args, env } = inTree(tree, [
    `${POSTGRES_BIN}/initdb`,
    ...['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    // the tree has no /dev/shm
    ...['-c', 'dynamic_shared_memory_type=mmap'],
  ]);
  await run(command, args, { env });
}

function configuration({ inside, port }: { inside: string; port: number }): string {
  return [
    '',
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    `unix_socket_directories = '${inside}'`,
    "shared_preload_libraries = 'pg_cron, pg_documentdb_core, pg_documentdb, pg_documentdb_extended_rum'",
    // indexes that give their entries in order, as MongoDB's do; the planner takes them once it knows the table
    "documentdb.alternate_index_handler_name = 'extended_rum'",
    "cron.database_name = 'postgres'",
    `cron.host = '${inside}'`,
    'autovacuum_naptime = 2s',
    'max_connections = 200',
    'jit = off',
    '',
  ].join('\n');
}

/** setpriv runs inside of the tree and last: it changes the user, which would undo an earlier --pdeathsig. */
function inTree(tree: Tree, command: readonly string[], privileges: readonly string[] = []) {
  const become = ['--reuid', tree.user, '--regid', tree.group, '--clear-groups', ...privileges];
  return {
    command: 'chroot',
    args: [tree.directory, '/usr/bin/setpriv', ...become, ...command],
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, HOME: '/tmp', LANG: 'C.UTF-8' },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function withExtension(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('CREATE EXTENSION documentdb CASCADE');
    await client.query('CREATE EXTENSION documentdb_extended_rum CASCADE');
    const { rows } = await client.query(
      "SELECT extversion AS documentdb, current_setting('server_version') AS postgres FROM pg_extension WHERE extname = 'documentdb'",
    );
    return `DocumentDB ${rows[0].documentdb} on PostgreSQL ${String(rows[0].postgres).split(' ')[0]}`;
  } finally {
    await client.end();
  }
}
