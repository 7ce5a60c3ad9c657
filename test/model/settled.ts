import type { History } from './history.ts';
import { domainsOf } from './truth.ts';
import type { World } from './world.ts';

/**
 * What is wrong with a world in which nothing goes on any more, in words; empty when all is well: no claim but those of
 * VMs that run, on the VF their domain holds; nothing half done; every VF that nobody holds clean and free; and every
 * answer that was given still true.
 */
export async function remains(world: World, history: History): Promise<string[]> {
  const { hosts } = world;
  const [ledgers, placements] = [await world.ledgers(), await world.placements()];
  const domains = domainsOf(hosts);
  const runs = new Set(placements.filter(({ state }) => state === 'running').map(({ vmId }) => vmId));
  return [
    ...placements
      .filter(({ state }) => state !== 'running' && state !== 'down')
      .map(({ vmId, state, operation }) => `${vmId} is still ${state} (${operation?.kind ?? 'no operation'})`),
    ...placements.filter(({ operation }) => operation !== null).map(({ vmId }) => `${vmId} has an open operation`),
    ...ledgers.flatMap(({ id, claims }) =>
      claims
        .filter(({ state, vm }) => state !== 'attached' || !runs.has(vm.id))
        .map(({ pciAddress, state, vm }) => `${pciAddress} of ${id} is ${state} for ${vm.id}, which needs it no more`),
    ),
    ...ledgers.flatMap(({ id, claims }) =>
      claims
        .filter(
          ({ state, vm, pciAddress }) =>
            state === 'attached' &&
            !domains.some(({ hostId, vmId, vfs }) => hostId === id && vmId === vm.id && vfs.includes(pciAddress)),
        )
        .map(({ pciAddress, vm }) => `${pciAddress} of ${id} is attached to ${vm.id}, whose domain does not hold it`),
    ),
    ...domains
      .filter(({ vmId }) => vmId !== null && !runs.has(vmId))
      .map(({ vmId, hostId }) => `a domain of ${vmId} runs on ${hostId} though nobody placed it there`),
    ...[...runs].filter((vm) => !domains.some(({ vmId }) => vmId === vm)).map((vm) => `${vm} runs nowhere`),
    ...(await uncleaned(world)),
    ...history.untrue(domains, placements),
  ];
}

/** VFs that no domain holds and that are not as a fresh one: VLAN 0, on their own driver. */
async function uncleaned({ hosts }: World): Promise<string[]> {
  const found: string[] = [];
  for (const { id, machine } of hosts) {
    const held = new Set(domainsOf([{ id, machine }]).flatMap(({ vfs }) => vfs));
    for (const { vfs } of (await machine.scan()).pfs) {
      for (const { pciAddress, driver } of vfs) {
        if (held.has(pciAddress)) continue;
        const vlan = machine.vfSettings(pciAddress)?.vlanId ?? 0;
        if (vlan !== 0 || driver === 'vfio-pci')
          found.push(`${pciAddress} of ${id} was not cleaned (VLAN ${vlan}, ${driver})`);
      }
    }
  }
  return found;
}
