import { isOpen } from '@vfleet/contracts/desired-state';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { Ledger } from './ledger.ts';

/** A change of the host itself; undefined when it is named so already. */
export function decideRename(
  ledger: Ledger,
  { name, ifVersion }: { name?: string | undefined; ifVersion?: number | undefined },
): { ok: true; ledger: Ledger | undefined } | { ok: false; refusals: Refusal[] } {
  const stale = versionRefusals(ledger, ifVersion);
  if (stale.length > 0) return { ok: false, refusals: stale };
  if (name === undefined || name === ledger.name) return { ok: true, ledger: undefined };
  return { ok: true, ledger: { ...ledger, name, revision: ledger.revision + 1 } };
}

/**
 * Every reason not to remove a host: a claim that lives on it, a change under way, another version. A host that is down
 * may be gone for good, so a change it never settled does not keep it.
 */
export function removalRefusals(ledger: Ledger, ifVersion: number | undefined): Refusal[] {
  const { name, claims, vfsConfigs, connection } = ledger;
  const changing =
    connection.status === 'up' ? vfsConfigs.filter(({ desired }) => isOpen(desired)).map(({ nicName }) => nicName) : [];
  return [
    ...versionRefusals(ledger, ifVersion),
    ...(claims.length > 0
      ? [refusal('HOST_HAS_VFS_IN_USE', `Host ${name} has virtual functions claimed: ${claimsInWords(claims)}.`)]
      : []),
    ...(changing.length > 0
      ? [refusal('HOST_IS_CHANGING', `Host ${name} has not settled the change of ${changing.join(', ')}.`)]
      : []),
  ];
}

/** Which VFs are claimed and for whom. */
export function claimsInWords(claims: Ledger['claims']): string {
  return claims
    .map(({ vm, vnic, pciAddress }) => `${pciAddress} by virtual machine ${vm.name}, ${vnic.name}`)
    .join('; ');
}

function versionRefusals({ name, revision }: Ledger, ifVersion: number | undefined): Refusal[] {
  return ifVersion === undefined || ifVersion === revision
    ? []
    : [
        refusal(
          'PRECONDITION_FAILED',
          `Host ${name} is at version ${revision}; the change was made for version ${ifVersion}.`,
        ),
      ];
}
