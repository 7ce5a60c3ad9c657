import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { Ledger } from './ledger.ts';

/** The refusal of what needs a host that does not answer, saying since when. */
export function hostUnreachable({ name, connection }: Ledger): Refusal {
  const since = connection.status === 'down' ? connection.since : (connection.lastSeen ?? connection.since);
  return refusal('HOST_UNREACHABLE', `The agent of host ${name} does not answer; it was last heard of at ${since}.`);
}
