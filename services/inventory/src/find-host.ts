import type { Verdict } from '@vfleet/contracts/define';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { Documents, Stored } from '@vfleet/documents/documents';
import type { Ledger } from './core/ledger.ts';

/** Finds a host by id or name; no name is another host's id. */
export async function findHost(hosts: Documents<Ledger>, ref: string): Promise<Stored<Ledger> | undefined> {
  const byId = await hosts.get(ref);
  if (byId) return byId;
  const [byName] = await hosts.find('ref', ref, { limit: 1 });
  return byName;
}

/** Does something with the host that `ref` names, or refuses because there is none. */
export async function onHost<Reply>(
  hosts: Documents<Ledger>,
  ref: string,
  then: (host: Stored<Ledger>) => Verdict<Reply> | Promise<Verdict<Reply>>,
): Promise<Verdict<Reply>> {
  const host = await findHost(hosts, ref);
  return host ? then(host) : { ok: false, refusals: [noSuchHost(ref)] };
}

export function noSuchHost(ref: string): Refusal {
  return refusal('HOST_NOT_EXIST', `No host has the id or the name ${ref}.`);
}
