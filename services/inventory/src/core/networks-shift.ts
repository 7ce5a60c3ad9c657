import { effectiveNetworks } from './effective-networks.ts';
import type { KnownNetworks } from './known-networks.ts';
import type { LedgerVfsConfig } from './ledger.ts';
import { inNameOrder } from './name-order.ts';

type Named = { id: string; name: string };
type Lists = Pick<LedgerVfsConfig, 'allNetworksAllowed' | 'networkIds' | 'labels'>;

/** The networks that VFs of a PF may serve by one state of its lists and not by the other, each in the order of names. */
export function networksShift(before: Lists, after: Lists, known: KnownNetworks): { lost: Named[]; gained: Named[] } {
  if (before.allNetworksAllowed === after.allNetworksAllowed) return { lost: [], gained: [] };
  const all = inNameOrder([...known.all()]).map(named);
  const listed = (lists: Lists) => new Set(effectiveNetworks(lists, known).map(({ id }) => id));
  const [kept, isGain] = before.allNetworksAllowed ? [listed(after), false] : [listed(before), true];
  const shifted = all.filter(({ id }) => !kept.has(id));
  return isGain ? { lost: [], gained: shifted } : { lost: shifted, gained: [] };
}

function named({ id, name }: Named): Named {
  return { id, name };
}
