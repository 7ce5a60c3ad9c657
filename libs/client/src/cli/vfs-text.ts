import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import type { Cli } from './cli.ts';
import { EXIT } from './surroundings.ts';
import { cellOf, fieldsOf } from './table.ts';

/** A VFs configuration as a person reads it. */
export function vfsText(config: VfsConfig): string {
  const { networks, progress, last_error: error, drift, health, ...fields } = config;
  const { state, since, problems, vms, pcie_errors: errors } = health;
  return fieldsOf({
    ...fields,
    networks: networks.map(({ name, via_label }) => (via_label === null ? name : `${name} (label ${via_label})`)),
    progress: progress && `${progress.step}, ${progress.done} of ${progress.total}`,
    last_error: error && `${error.cause} (${error.code}). Remedy: ${error.remedy}`,
    drift:
      drift &&
      `${drift.wanted} wanted, ${drift.existing} there since ${drift.since}. Remedy: vfleet vfs repair, or vfleet vfs adopt`,
    health: since === null ? state : `${state} since ${since}`,
    problems: problems.map(({ code, text, remedy }) => `${text} (${code}). Remedy: ${remedy}`),
    vms_hit: vms.map(({ name }) => name),
    pcie_errors: errors && `${errors.correctable} corrected, ${errors.non_fatal} not fatal, ${errors.fatal} fatal`,
  });
}

/** Shows how a change that was waited for stands; one that still goes on is told of, and where to look again. */
export function showChange(
  cli: Cli,
  { host, nic, wait }: { host: string; nic: string; wait: number | undefined },
  { status, resource }: { status: number; resource: VfsConfig },
): void {
  cli.show(resource, () => vfsText(resource));
  if (status !== 202) return;
  cli.err('The change is saved and not done yet. It will end as applied, or as failed with the number there was.');
  cli.err(`Look again with: vfleet vfs show ${cellOf(host)} ${cellOf(nic)}`);
  if (wait !== 0) cli.endWith(EXIT.notSettled);
}
