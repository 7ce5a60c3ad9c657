import { UpdateVnic } from '@vfleet/contracts/policy/vms';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { Asks, Cause } from './asks.ts';

/** Of a VM that is down only the flag changes. Should it begin to run at this moment, that is what the caller is told. */
export async function flagWhileDown(
  { ask }: Asks,
  { vmId, vnicId, plugged }: { vmId: string; vnicId: string; plugged: boolean },
  cause: Cause,
): Promise<{ ok: true } | { ok: false; refusals: Refusal[] }> {
  const verdict = await ask(UpdateVnic, { vm: vmId, vnic: vnicId, fields: { plugged } }, cause);
  if (verdict.ok) return { ok: true };
  const begins = ({ code }: Refusal) => code === 'CANNOT_PERFORM_HOT_UPDATE';
  const told = verdict.refusals.map((each) => (begins(each) ? refusal('VM_IS_BUSY', each.detail) : each));
  return { ok: false, refusals: told };
}
