import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { Fleet } from './fleet.ts';

/** The host that somebody asked for, by id or name; without an id when any will do. */
export async function findHost(
  fleet: Pick<Fleet, 'find'>,
  ref: string | undefined,
): Promise<{ ok: true; id: string | undefined } | { ok: false; refusals: Refusal[] }> {
  if (ref === undefined) return { ok: true, id: undefined };
  const host = await fleet.find(ref);
  if (host) return { ok: true, id: host.id };
  return { ok: false, refusals: [refusal('HOST_NOT_EXIST', `No host has the id or the name ${ref}.`)] };
}
