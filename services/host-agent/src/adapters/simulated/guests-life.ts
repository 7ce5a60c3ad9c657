import type { DomainSpec, Guests } from '../../guests.ts';
import type { SimulatedDomain } from './domain.ts';
import { domainOf, endDomain } from './domains.ts';
import { plugAll } from './domains-plug.ts';
import { noDomain } from './domains-refusals.ts';
import { GUEST_MS } from './guests-times.ts';
import { DONE, type Ended, failed, inTime, passFor } from './guests-work.ts';
import type { Machine } from './machine.ts';
import { pass, whileHeldUp } from './waiting.ts';

/** The part of a simulated machine that starts and ends domains. */
export function livesOf(machine: Machine): Pick<Guests, 'startPaused' | 'resume' | 'shutDown' | 'destroy'> {
  return {
    startPaused: (spec, deadlineMs) => inTime(machine, deadlineMs, () => start(machine, spec)),
    resume: (vmId, deadlineMs) => inTime(machine, deadlineMs, () => resume(machine, vmId)),
    shutDown: async (vmId, deadlineMs) => {
      const ended = await inTime(machine, deadlineMs, () => shutDown(machine, vmId));
      if (ended.kind !== 'unfinished') return ended;
      return failed(`the guest has not shut down within ${deadlineMs} ms`);
    },
    destroy: (vmId, deadlineMs) => inTime(machine, deadlineMs, () => destroy(machine, vmId)),
  };
}

/** libvirt lists a domain as soon as its process is made: from then on it can be seen, and killed. */
async function start(machine: Machine, { vm, placementId, attempt, interfaces }: DomainSpec): Promise<Ended> {
  const struck = machine.faults.strikeCall('start-fails', { vmId: vm.id });
  if (struck) return failed(struck.message);
  if (domainOf(machine, vm.id))
    return failed(`Requested operation is not valid: domain '${vm.name}' is already active`);
  if (machine.domains.some(({ name }) => name === vm.name)) {
    return failed(`operation failed: domain '${vm.name}' already exists`);
  }
  const domain: SimulatedDomain = {
    name: vm.name,
    vmId: vm.id,
    placementId,
    attempt,
    pid: machine.newPid(),
    state: 'paused',
    interfaces: [],
  };
  const refused = plugAll(machine, domain, interfaces);
  if (refused !== undefined) return failed(refused);
  machine.domains.push(domain);
  machine.changed();
  await machine.remember();
  await passFor(machine, vm.id, GUEST_MS.start);
  if (!machine.domains.includes(domain))
    return failed(`operation failed: domain '${vm.name}' was ended while it started`);
  await mayDie(machine, domain);
  return DONE;
}

async function mayDie(machine: Machine, domain: SimulatedDomain): Promise<void> {
  const struck = machine.faults.strikeCall('dies-while-starting', { vmId: domain.vmId });
  if (!struck) return;
  const die = async () => {
    endDomain(machine, domain);
    await machine.remember();
  };
  if (struck.afterMs === 0) await die();
  else void pass(machine, struck.afterMs).then(die);
}

async function resume(machine: Machine, vmId: string): Promise<Ended> {
  await passFor(machine, vmId, GUEST_MS.resume);
  const domain = domainOf(machine, vmId);
  if (!domain) return failed(noDomain(vmId));
  if (machine.faults.strikeCall('dies-on-resume', { vmId })) {
    endDomain(machine, domain);
    await machine.remember();
    return failed('internal error: End of file from qemu monitor');
  }
  domain.state = 'running';
  machine.changed();
  await machine.remember();
  return DONE;
}

/** A guest that is paused does not hear the request, nor does one that ignores it; both may hear it later. */
async function shutDown(machine: Machine, vmId: string): Promise<Ended> {
  const domain = domainOf(machine, vmId);
  if (!domain) return DONE;
  await passFor(machine, vmId, GUEST_MS.shutDown);
  await whileHeldUp(machine, () => domain.state === 'paused' && machine.domains.includes(domain));
  await whileHeldUp(machine, () => machine.faults.concerning('guest-ignores-shutdown', { vmId }).length > 0);
  endDomain(machine, domain);
  await machine.remember();
  return DONE;
}

async function destroy(machine: Machine, vmId: string): Promise<Ended> {
  const struck = machine.faults.strikeCall('destroy-fails', { vmId });
  const domain = domainOf(machine, vmId);
  if (!domain) return DONE;
  if (struck) return failed(struck.message);
  await passFor(machine, vmId, GUEST_MS.destroy);
  endDomain(machine, domain);
  await machine.remember();
  return DONE;
}
