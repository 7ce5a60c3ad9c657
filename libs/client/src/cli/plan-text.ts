import type { VfsConfigPlan } from '@vfleet/contracts/vocabulary/vfs-config-plan';
import { cellOf, fieldsOf } from './table.ts';

/** A plan as a person reads it: what it hits, what comes first, what is done, and what stands against it. */
export function planText(plan: VfsConfigPlan): string {
  const { vms, lost_networks: lost, gained_networks: gained, conflicts, ...fields } = plan;
  const { token, changes, from, to, mtu, estimate_seconds, drain_steps: drain, steps } = fields;
  return [
    fieldsOf({
      changes,
      from,
      to,
      mtu: mtu && `${mtu.from ?? 'unknown'} to ${mtu.to}`,
      estimate: `${estimate_seconds} s`,
      token,
    }),
    ...section(
      'Virtual machines that hold its VFs:',
      vms.map(({ name, vnics, state }) => `${name} (${state}): ${vnics.map((vnic) => vnic.name).join(', ')}`),
    ),
    ...section(
      'Networks that it could no longer serve:',
      lost.map(({ name }) => name),
    ),
    ...section(
      'Networks that it could serve then:',
      gained.map(({ name }) => name),
    ),
    ...section('To be done first:', drain),
    ...section('What the host would do:', steps),
    ...section(
      'Refused now, because:',
      conflicts.map(({ code, detail, remedy }) => `${code}: ${detail} Remedy: ${remedy}`),
    ),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${cellOf(line)}`)];
}
