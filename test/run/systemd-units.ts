/**
 * Lets systemd read the units of infra/systemd, in a root of their own where the programs they start exist: a setting
 * that systemd does not know, or would ignore, fails. Status 77 says that systemd cannot be had here.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installedWithoutStarting } from '../servers/debian.ts';

const ANALYZE = '/usr/bin/systemd-analyze';
const SKIPPED = 77;
const units = join(import.meta.dirname, '../../infra/systemd');
const names = readdirSync(units);

if (!existsSync(ANALYZE)) {
  const packages = await installedWithoutStarting(['systemd']);
  if (packages !== 'installed') {
    console.log(packages.unavailable);
    process.exit(SKIPPED);
  }
}

const root = mkdtempSync(join(tmpdir(), 'vfleet-units-'));
try {
  cpSync(units, join(root, 'etc/systemd/system'), { recursive: true });
  for (const program of names.flatMap(programsOf)) standIn(program);
  const failed = names.filter((name) => !verified(name)).length;
  console.log(`${names.length - failed} passed, ${failed} failed, 0 skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
} finally {
  rmSync(root, { recursive: true });
}

function programsOf(name: string): string[] {
  return [...readFileSync(join(units, name), 'utf8').matchAll(/^Exec\w+=[-@:+!]*(\S+)/gm)].map(
    ([, program]) => program ?? '',
  );
}

function standIn(program: string): void {
  const path = join(root, program);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '#!/bin/sh\n', { mode: 0o755 });
}

/** The units of the system itself are not in this root: only errors of our own count. */
function verified(name: string): boolean {
  const args = ['verify', `--root=${root}`, '--man=no', '--recursive-errors=no', name];
  const { status } = spawnSync(ANALYZE, args, { stdio: 'inherit' });
  console.log(`${name}: ${status === 0 ? 'fine' : `systemd-analyze ended with ${status}`}`);
  return status === 0;
}
