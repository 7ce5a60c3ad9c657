import type { Refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import { decideUpdateVfsConfig, type UpdateDecision, type WantedUpdate } from './decide-update-vfs-config.ts';
import { isChanging, numberInForce } from './drift.ts';
import { findVfsConfig } from './find-nic.ts';
import type { KnownNetworks } from './known-networks.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { type FoundPf, targetOf } from './pf-target.ts';

type Ref = { nic: string; vfsConfig: string };
type Around = { known: KnownNetworks; hash: (text: string) => string };
type Wish = Pick<WantedUpdate, 'numOfVfs' | 'mtu' | 'onlyIfExisting'>;
type Subject = { ledger: Ledger; config: LedgerVfsConfig };

const NO_DRIFT: Rule<Subject> = {
  code: 'NO_DRIFT',
  detail: ({ config }) => {
    const inForce = numberInForce(config);
    if (isChanging(config)) return `A change of ${config.nicName} is under way.`;
    if (inForce === null) return `No number of virtual functions was ever set on ${config.nicName}.`;
    return inForce === config.vfs.length
      ? `${config.nicName} has the ${inForce} virtual functions that are in force.`
      : undefined;
  },
};

/** What a host shows no more says nothing of what is there now. */
const NOT_KNOWN: Rule<Subject> = {
  code: 'EXISTING_VFS_NOT_KNOWN',
  detail: ({ ledger: { name, reportError }, config: { nicName, driver, missingSince } }) => {
    if (missingSince !== null) return undefined;
    if (reportError !== null)
      return `The newest report of host ${name} could not be taken over: ${reportError.detail}.`;
    return driver === null ? `${nicName} of host ${name} has no driver bound.` : undefined;
  },
};

/**
 * Makes the number in force exist again, with the MTU that was applied with it: an update to them, with all its rules.
 * What was asked for since and failed is not asked for again.
 */
export function decideRepair(ledger: Ledger, ref: Ref, around: Around): UpdateDecision {
  return decideDrift(ledger, { ref, rules: [NO_DRIFT], wanted: inForce }, around);
}

/**
 * Wants what exists: an update to it, which touches no VF, so that none of them may be in use stands not in its way. The
 * host refuses it when another number exists by then: an update would remove VFs to make what was seen here.
 */
export function decideAdoption(ledger: Ledger, ref: Ref, around: Around): UpdateDecision {
  return decideDrift(ledger, { ref, rules: [NO_DRIFT, NOT_KNOWN], wanted: existing }, around);
}

function inForce({ config }: FoundPf): Wish {
  const numOfVfs = numberInForce(config);
  return numOfVfs === null ? {} : { numOfVfs, mtu: config.appliedMtu };
}

/** What exists: the number, and the MTU where it is lower than the one that is wanted. */
function existing({ nic, config }: FoundPf): Wish {
  const { mtuToSet: lacking } = targetOf({ nic, config }, { numOfVfs: config.vfs.length }) ?? { mtuToSet: null };
  const numOfVfs = config.vfs.length;
  return { numOfVfs, onlyIfExisting: numOfVfs, ...(lacking === null || nic.mtu === null ? {} : { mtu: nic.mtu }) };
}

function decideDrift(
  ledger: Ledger,
  { ref, rules, wanted }: { ref: Ref; rules: readonly Rule<Subject>[]; wanted: (pf: FoundPf) => Wish },
  around: Around,
): UpdateDecision {
  const found = findVfsConfig(ledger, ref);
  if (!found.ok) return found;
  const { config } = found;
  const own = brokenRules(rules, { ledger, config });
  const decision = decideUpdateVfsConfig(ledger, { ...ref, ...wanted(found) }, around);
  const refusals: Refusal[] = [...own, ...(decision.ok ? [] : decision.refusals)];
  return refusals.length > 0 ? { ok: false, refusals } : decision;
}
