import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import type { Guests } from '../../guests.ts';
import type { SimulatedDomain, SimulatedInterface } from './domain.ts';
import { domainOf, releaseVf } from './domains.ts';
import { plugAll } from './domains-plug.ts';
import { noDomain } from './domains-refusals.ts';
import { findVf } from './find-function.ts';
import { GUEST_MS } from './guests-times.ts';
import { DONE, type Ended, failed, inTime, passFor } from './guests-work.ts';
import type { Machine } from './machine.ts';
import { whileHeldUp } from './waiting.ts';

/** The part of a simulated machine that plugs and unplugs devices of domains that are there. */
export function plugsOf(machine: Machine): Pick<Guests, 'attach' | 'detach' | 'mayStillCome'> {
  return {
    mayStillCome: async (vmId) =>
      machine.plugging.some(({ domain }) => domain.vmId === vmId && machine.domains.includes(domain)),
    attach: (vmId, plugged, deadlineMs) =>
      inTime(machine, deadlineMs, () => whilePlugging(machine, vmId, () => attach(machine, vmId, plugged))),
    detach: (vmId, vnicId, deadlineMs) => inTime(machine, deadlineMs, () => detach(machine, vmId, vnicId)),
  };
}

async function whilePlugging<Result>(machine: Machine, vmId: string, work: () => Promise<Result>): Promise<Result> {
  const domain = domainOf(machine, vmId);
  const plugging = domain ? [{ domain }] : [];
  machine.plugging.push(...plugging);
  try {
    return await work();
  } finally {
    for (const each of plugging) machine.plugging.splice(machine.plugging.indexOf(each), 1);
  }
}

async function attach(
  machine: Machine,
  vmId: string,
  plugged: DomainInterface,
): Promise<Ended & { guestPciAddress?: string | null }> {
  const struck = machine.faults.strikeCall('attach-fails', { vmId });
  if (struck) return failed(struck.message);
  await passFor(machine, vmId, GUEST_MS.attach);
  await whileHeldUp(machine, () => machine.faults.concerning('attach-hangs', { vmId }).length > 0);
  const domain = domainOf(machine, vmId);
  if (!domain) return failed(noDomain(vmId));
  const refused = plugAll(machine, domain, [plugged]);
  if (refused !== undefined) return failed(refused);
  await machine.remember();
  return { ...DONE, guestPciAddress: interfaceOf(domain, plugged.vnic.id)?.guestPciAddress ?? null };
}

/** `device_del` only asks: the guest lets go when it likes, or answers that it does not. */
async function detach(machine: Machine, vmId: string, vnicId: string): Promise<Ended> {
  const domain = domainOf(machine, vmId);
  if (!domain) return failed(noDomain(vmId));
  const plugged = interfaceOf(domain, vnicId);
  if (!plugged) return DONE;
  await passFor(machine, vmId, GUEST_MS.detach);
  const refusals = () => refusalsOf(machine, vmId, plugged);
  if (refusals().some(({ says }) => says)) {
    return failed(`operation failed: unplug of device 'ua-${vnicId}' was rejected by the guest`);
  }
  await whileHeldUp(machine, () => refusals().length > 0);
  const index = domain.interfaces.indexOf(plugged);
  if (index === -1 || !machine.domains.includes(domain)) return DONE;
  domain.interfaces.splice(index, 1);
  releaseVf(machine, domain, plugged);
  machine.changed();
  await machine.remember();
  return DONE;
}

function refusalsOf(machine: Machine, vmId: string, { vf }: SimulatedInterface) {
  const found = vf ? findVf(machine, vf.pciAddress) : undefined;
  return machine.faults.concerning('guest-refuses-unplug', { vmId, pf: found?.pf.address, vf: found?.vf.index });
}

function interfaceOf({ interfaces }: SimulatedDomain, vnicId: string): SimulatedInterface | undefined {
  return interfaces.find((each) => each.vnicId === vnicId);
}
