import type { Refusal } from '@vfleet/contracts/refusals';
import type { Rule } from '@vfleet/contracts/rules';
import { type FoundNic, findNic, nameOf, noSuchNic } from './find-nic.ts';
import type { Ledger, LedgerNic } from './ledger.ts';

/** A nic that is asked to carry networks of its own: `nic` is null for a virtual function, which carries none. */
export type Carrier = { name: string; nic: LedgerNic | null; bond: string | null; whyNot: string | null };

/** What kinds of nics carry networks of their own; of a VLAN device its lower nic does. */
const CARRYING_KINDS: readonly string[] = ['physical', 'bond'];

/** A slave carries nothing itself: what it had before it became one can only be taken off it. */
export const bondSlave: Rule<{ carrier: Carrier }> = {
  code: 'NIC_IS_BOND_SLAVE',
  detail: ({ carrier: { name, bond } }) => (bond === null ? undefined : `${name} is a slave of ${bond}.`),
};

export const cannotCarry: Rule<{ carrier: Carrier }> = {
  code: 'NIC_CANNOT_CARRY_NETWORKS',
  detail: ({ carrier: { name, whyNot } }) => (whyNot === null ? undefined : `${name} is ${whyNot}.`),
};

/** Whether there can be a list of the nic's own from which something is missing. */
export function canCarry({ bond, whyNot }: Carrier): boolean {
  return bond === null && whyNot === null;
}

/** Finds the nic that a reference names, or refuses because there is none. */
export function findCarrier(
  ledger: Ledger,
  ref: string,
): { ok: true; carrier: Carrier } | { ok: false; refusals: Refusal[] } {
  const found = findNic(ledger, ref);
  return found ? { ok: true, carrier: carrierOf(found) } : { ok: false, refusals: [noSuchNic(ledger, ref)] };
}

function carrierOf(found: FoundNic): Carrier {
  const name = nameOf(found);
  if (found.kind === 'vf') {
    return { name, nic: null, bond: null, whyNot: `a virtual function of ${found.config.nicName}` };
  }
  const { nic } = found;
  const whyNot = CARRYING_KINDS.includes(nic.kind) ? null : `a ${nic.kind} device`;
  return { name, nic, bond: nic.bond, whyNot };
}
