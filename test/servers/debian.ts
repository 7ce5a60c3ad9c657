import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Unavailable } from './provided.ts';

const run = promisify(execFile);
const LOCK_SECONDS = 600;
// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
const STATUS_FORMAT = '${Package} ${db:Status-Status}\n';
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/** Where the tests keep what is slow to make: downloaded and unpacked systems. Safe to delete at any time. */
export function cacheDirectory(): string {
  const directory = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vfleet-test');
  mkdirSync(directory, { recursive: true });
  return directory;
}

/**
 * Installs those of the Debian packages that are missing, waiting for whoever else installs at the moment.
 * Answers why it cannot where this is no Debian or we are not root; throws when apt fails.
 */
export async function installed(packages: readonly string[]): Promise<'installed' | Unavailable> {
  if (!existsSync('/usr/bin/dpkg-query')) return { unavailable: 'this is no Debian system' };
  const missing = await missingOf(packages);
  if (missing.length === 0) return 'installed';
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) return { unavailable: `not root, so it cannot run: ${command}` };
  console.error(`installing Debian packages: ${missing.join(' ')}`);
  try {
    await aptGet(['install', '-y', '--no-install-recommends', ...missing]);
  } catch {
    // the lists are absent or older than the mirror: fetch them and try once more
    await aptGet(['update']);
    await aptGet(['install', '-y', '--no-install-recommends', ...missing]);
  }
  return 'installed';
}

/** Installs packages whose services shall not run on this machine: Debian's scripts ask this file (invoke-rc.d(8)). */
export async function installedWithoutStarting(packages: readonly string[]): Promise<'installed' | Unavailable> {
  const runsServices = existsSync('/run/systemd/system') && process.getuid?.() === 0;
  if (!runsServices || existsSync(SERVICE_POLICY)) return installed(packages);
  writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await installed(packages);
  } finally {
    rmSync(SERVICE_POLICY);
  }
}

/** The Debian mirror that this machine's apt uses. */
export async function debianMirror(): Promise<string> {
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)']);
  const mirror = stdout.split('\n').find((line) => /\/debian\/*$/.test(line));
  if (!mirror) throw new Error('apt knows no mirror whose address ends in /debian: see /etc/apt/sources.list.d');
  return mirror;
}

async function missingOf(packages: readonly string[]): Promise<string[]> {
  const { stdout } = await run('dpkg-query', ['-W', '-f', STATUS_FORMAT, ...packages]).catch(
    // dpkg-query exits 1 when it does not know one of them, and still lists the others
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  const there = new Set(stdout.split('\n'));
  return packages.filter((name) => !there.has(`${name} installed`));
}

/** apt waits for dpkg's lock but not for that of the lists; our own lock keeps our own runs apart as well. */
async function aptGet(args: readonly string[]): Promise<void> {
  const lock = join(cacheDirectory(), 'apt.lock');
  const apt = ['apt-get', '-q', '-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`, ...args];
  await run('flock', ['--timeout', String(LOCK_SECONDS), lock, ...apt], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 64 * 1024 * 1024,
  });
}
