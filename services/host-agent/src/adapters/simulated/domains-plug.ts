import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import type { SimulatedDomain } from './domain.ts';
import { openVf } from './domains.ts';
import { vfRefusal } from './domains-refusals.ts';
import { findVf } from './find-function.ts';
import type { Machine } from './machine.ts';

/** A guest's bus 0: lower slots are its chipset's and its disks'. */
const FIRST_SLOT = 5;
const LAST_SLOT = 0x1f;

/**
 * Gives interfaces to a domain, all or none, as libvirt does: first it refuses what cannot be, then it sets MAC and
 * VLAN (QoS 0) of every VF itself and keeps the earlier values, and hands out the addresses that none was told for.
 * Answers why not in libvirt's words, or undefined.
 */
export function plugAll(
  machine: Machine,
  domain: SimulatedDomain,
  plugged: readonly DomainInterface[],
): string | undefined {
  const refused = refusalOf(machine, domain, plugged);
  if (refused !== undefined) return refused;
  const told = [...domain.interfaces, ...plugged].flatMap(({ guestPciAddress }) => guestPciAddress ?? []);
  for (const each of plugged) {
    const guestPciAddress = each.guestPciAddress ?? freeAddress(told);
    told.push(guestPciAddress);
    domain.interfaces.push({ vnicId: each.vnic.id, guestPciAddress, vf: takeVf(machine, domain, each) });
  }
  machine.changed();
  return undefined;
}

function refusalOf(machine: Machine, domain: SimulatedDomain, plugged: readonly DomainInterface[]): string | undefined {
  const vnics = domain.interfaces.map(({ vnicId }) => vnicId);
  const addresses = domain.interfaces.map(({ guestPciAddress }) => guestPciAddress);
  const vfs: string[] = [];
  for (const { vnic, guestPciAddress, ...each } of plugged) {
    if (vnics.includes(vnic.id))
      return `internal error: unable to execute QEMU command 'device_add': Duplicate device ID 'ua-${vnic.id}'`;
    if (guestPciAddress && addresses.includes(guestPciAddress)) {
      return `XML error: Attempted double use of PCI Address ${guestPciAddress}`;
    }
    vnics.push(vnic.id);
    addresses.push(guestPciAddress);
    if (each.kind !== 'vf') continue;
    const { pciAddress } = each.claim;
    if (vfs.includes(pciAddress)) return `XML error: Hostdev already exists in the domain configuration: ${pciAddress}`;
    vfs.push(pciAddress);
    const refused = vfRefusal(machine, pciAddress);
    if (refused !== undefined) return refused;
  }
  const slots = LAST_SLOT - FIRST_SLOT + 1;
  return addresses.length > slots ? 'internal error: No more available PCI slots' : undefined;
}

function takeVf(
  machine: Machine,
  domain: SimulatedDomain,
  plugged: DomainInterface,
): SimulatedDomain['interfaces'][number]['vf'] {
  if (plugged.kind !== 'vf') return null;
  const { pciAddress } = plugged.claim;
  const found = findVf(machine, pciAddress);
  if (!found) throw new Error(`the simulated machine has no VF ${pciAddress}`);
  const { settings } = found.vf;
  const vlanId = plugged.network?.vlanId ?? null;
  const before = { mac: settings.mac, vlanId: vlanId === null ? null : settings.vlanId };
  settings.mac = plugged.mac;
  if (vlanId !== null) Object.assign(settings, { vlanId, vlanQos: 0, vlanProtocol: '802.1Q' });
  openVf(domain, found.vf);
  return { pciAddress, before };
}

function freeAddress(taken: readonly string[]): string {
  for (let slot = FIRST_SLOT; slot <= LAST_SLOT; slot++) {
    const address = `0000:00:${slot.toString(16).padStart(2, '0')}.0`;
    if (!taken.includes(address)) return address;
  }
  throw new Error('the guest has no free PCI slot');
}
