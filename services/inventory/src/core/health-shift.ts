import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import type { VfsConfigHealth } from '@vfleet/contracts/vocabulary/health';
import { deviceNameOf } from '@vfleet/contracts/vocabulary/pci';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { pfHealth, whyUnhealthy } from './pf-health.ts';

/** A PF that has become unhealthy, or has ceased to be, and how it is now. */
export type HealthShift = { config: LedgerVfsConfig } & Pick<VfsConfigHealth, 'state' | 'problems' | 'vms'>;

/** The ledger with since when each of its PFs is unhealthy, in time linear in PFs, however many claims it has. */
export function withHealth(ledger: Ledger, now: string): Ledger {
  const vfsConfigs = ledger.vfsConfigs.map((config): LedgerVfsConfig => {
    const isUnhealthy = whyUnhealthy(ledger, config) !== null;
    const unhealthySince = isUnhealthy ? (config.unhealthySince ?? now) : null;
    return unhealthySince === config.unhealthySince ? config : { ...config, unhealthySince };
  });
  return { ...ledger, vfsConfigs };
}

/**
 * The PFs that became unhealthy, or ceased to be, between two ledgers of one host, in time linear in PFs, VFs and claims.
 * One that was removed did neither.
 */
export function healthShifts(before: Ledger, after: Ledger): HealthShift[] {
  const wasUnhealthy = new Set(
    before.vfsConfigs.filter(({ unhealthySince }) => unhealthySince !== null).map(({ id }) => id),
  );
  const { vfsConfigs, requireCarrier } = after;
  const claimsOf = Map.groupBy(after.claims, ({ vfsConfigId }) => vfsConfigId);
  return vfsConfigs
    .filter(({ id, unhealthySince }) => wasUnhealthy.has(id) !== (unhealthySince !== null))
    .map((config) => ({ config, ...pfHealth({ requireCarrier, claims: claimsOf.get(config.id) ?? [] }, config) }));
}

/** What the audit log is told of a shift: `failed` for a PF that is unhealthy now, naming the VMs it hits. */
export function healthNote(ledger: Ledger, { config, state, problems, vms }: HealthShift, at: string): AuditNote {
  const target = `/api/hosts/${ledger.id}/nics/${deviceNameOf(config.pciAddress)}/vfsConfig`;
  const about = `${config.nicName} of host ${ledger.name}`;
  if (state !== 'unhealthy') {
    const detail = `${about} is healthy again: its virtual functions are given out.`;
    return { action: 'pfHealthy', target, outcome: 'done', codes: [], detail, at };
  }
  const why = problems.map(({ text }) => text).join('; ');
  const hit =
    vms.length === 0 ? 'No virtual machine holds any.' : `They are held by ${vms.map(({ name }) => name).join(', ')}.`;
  const detail = `${about} is unhealthy: ${why}. Its virtual functions are not given out any more. ${hit}`;
  return { action: 'pfUnhealthy', target, outcome: 'failed', codes: problems.map(({ code }) => code), detail, at };
}
