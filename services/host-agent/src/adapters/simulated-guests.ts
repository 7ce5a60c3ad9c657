import type { Guests } from '../guests.ts';
import { domainOf, domainReport } from './simulated/domains.ts';
import { livesOf } from './simulated/guests-life.ts';
import { plugsOf } from './simulated/guests-plug.ts';
import { vfsOf } from './simulated/guests-vfs.ts';
import { isLibvirtAway, LIBVIRT_AWAY } from './simulated/guests-work.ts';
import type { Machine } from './simulated/machine.ts';
import { migrationsOf, type SimulatedNetwork } from './simulated/migration.ts';
import { watch } from './simulated/waiting.ts';

/**
 * What a simulated machine can do for guests: VFs with settings as their drivers have them, and domains as libvirt runs
 * them. They live as long as the machine: neither the agent's end nor that of the whole process takes them away.
 */
export function simulatedGuests(machine: Machine, reach: { id: string; network: SimulatedNetwork | null }): Guests {
  return {
    ...vfsOf(machine),
    ...livesOf(machine),
    ...plugsOf(machine),
    ...migrationsOf(machine, reach),
    domains: async () => {
      answering(machine);
      return machine.domains.map(domainReport);
    },
    interfacesOf: async (vmId) => {
      answering(machine);
      return domainOf(machine, vmId)?.interfaces.flatMap(({ vnicId, guestPciAddress }) =>
        vnicId === null ? [] : [{ vnicId, guestPciAddress }],
      );
    },
    adopt: async (vmId, of) => {
      answering(machine);
      const domain = domainOf(machine, vmId);
      if (!domain) return;
      Object.assign(domain, { placementId: of.placementId, attempt: of.attempt });
      machine.changed();
      await machine.remember();
    },
    watch: (onChange) => {
      let known = listing(machine);
      return watch(machine, onChange, () => {
        const now = listing(machine);
        if (now === known) return false;
        known = now;
        return true;
      });
    },
  };
}

function answering(machine: Machine): void {
  if (isLibvirtAway(machine)) throw new Error(LIBVIRT_AWAY);
}

function listing(machine: Machine): string {
  return JSON.stringify(machine.domains.map(domainReport));
}
