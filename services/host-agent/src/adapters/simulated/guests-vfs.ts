import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Change, Guests, PreparedVf } from '../../guests.ts';
import { within } from '../../within.ts';
import { findVf } from './find-function.ts';
import { GUEST_MS } from './guests-times.ts';
import { blocksRemoval } from './holds.ts';
import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';
import { netdevCame } from './netdev-came.ts';
import { vfNicName } from './nic-view.ts';
import { linkedVfs, presentPfs, showsNetdev, vfDriver } from './pf-view.ts';
import { ZERO_MAC } from './vf-settings.ts';
import { setVfInfo } from './vf-settings-set.ts';
import { nextChange, pass, passUntil } from './waiting.ts';

/** A VF that sysfs has and `ip` does not list is looked for again as often as on a real machine. */
const LOOKS = 10;
const BETWEEN_LOOKS_MS = 200;

type FoundVf = { pf: SimulatedPf; vf: SimulatedVf };

/** The part of a simulated machine that prepares VFs: what `ip link` and sysfs do. */
export function vfsOf(machine: Machine): Pick<Guests, 'lookAtVf' | 'setVf' | 'bindVf'> {
  return {
    lookAtVf: async (address) => {
      for (let looked = 1; ; looked++) {
        const found = findLinkedVf(machine, address);
        if (!found) return undefined;
        if (isListed(machine, found)) return prepared(machine, found);
        if (looked === LOOKS) throw new Error(`ip tells nothing of VF ${found.vf.index}, which is ${address}`);
        await pass(machine, BETWEEN_LOOKS_MS);
      }
    },
    setVf: async (address, settings) => {
      const found = findLinkedVf(machine, address);
      if (!found) return { kind: 'errno', errno: 'ENODEV' };
      return oneAtATime(machine, found.pf, async () => {
        // A driver that changes its VFs answers so: i40e's "other operation is pending".
        const errno = found.pf.writing ? 'EAGAIN' : setVfInfo(machine, found, settings);
        machine.changed();
        await machine.remember();
        return errno === null ? { kind: 'done' } : { kind: 'errno', errno };
      });
    },
    bindVf: async (address, to, deadlineMs) => {
      const found = findLinkedVf(machine, address);
      if (!found) return { kind: 'errno', errno: 'ENODEV' };
      const subject = { pf: found.pf.address, vf: found.vf.index, to };
      const struck = machine.faults.strikeCall('bind-errno', subject);
      if (struck) return { kind: 'errno', errno: struck.errno };
      return to === 'vfio-pci' ? toVfio(machine, found) : toNetwork(machine, found, deadlineMs);
    },
  };
}

function findLinkedVf(machine: Machine, address: PciAddress): FoundVf | undefined {
  const found = findVf(machine, address);
  if (!found || !presentPfs(machine).includes(found.pf) || machine.driverOf(found.pf) === null) return undefined;
  return linkedVfs(machine, found.pf).includes(found.vf) ? found : undefined;
}

function isListed({ faults }: Machine, { pf, vf }: FoundVf): boolean {
  return faults.strikeCall('vf-unlisted', { pf: pf.address, vf: vf.index }) === undefined;
}

function prepared(machine: Machine, { pf, vf }: FoundVf): PreparedVf {
  return {
    pciAddress: vf.address,
    pfAddress: pf.address,
    driver: vfDriver(machine, pf, vf),
    netdev: showsNetdev(machine, vf) ? vfNicName(machine, pf, vf) : null,
    settings: { ...vf.settings },
  };
}

/** F30: two commands at once on one PF fail. None may be sent, so the machine throws unless a fault says otherwise. */
async function oneAtATime(machine: Machine, pf: SimulatedPf, set: () => Promise<Change>): Promise<Change> {
  if (pf.isSetting) {
    const [fault] = machine.faults.of('overlap-errno', pf.address);
    if (fault) return { kind: 'errno', errno: fault.errno };
    throw new Error(`two commands at once set VFs of ${pf.address}: they must be sent one after the other`);
  }
  pf.isSetting = true;
  try {
    return await set();
  } finally {
    pf.isSetting = false;
  }
}

async function toVfio(machine: Machine, { vf }: FoundVf): Promise<Change> {
  if (vf.hold?.kind === 'vfio') return { kind: 'done' };
  // vfio-pci's probe ends with EINVAL where the device is in no IOMMU group.
  if (vf.iommuGroup === null) return { kind: 'errno', errno: 'EINVAL' };
  vf.hold = { kind: 'vfio', process: null, readable: true };
  machine.changed();
  await machine.remember();
  await pass(machine, GUEST_MS.bindVfio);
  return { kind: 'done' };
}

async function toNetwork(machine: Machine, found: FoundVf, deadlineMs: number): Promise<Change> {
  const end = machine.clock.now() + deadlineMs;
  const bound = await within(machine.clock, deadlineMs, bindNetwork(machine, found));
  if (!bound.inTime) return { kind: 'errno', errno: 'ETIMEDOUT' };
  if (bound.value !== null) return { kind: 'errno', errno: bound.value };
  const { pf, vf } = found;
  if (!pf.card.autoprobe || !pf.card.vfDriverAvailable) return { kind: 'done' };
  await passUntil(machine, Math.min(vf.netdevAt ?? end, end));
  return { kind: 'done' };
}

/** The kernel waits until nobody has the VF open, and then goes on though the agent may not wait any more. */
async function bindNetwork(machine: Machine, { pf, vf }: FoundVf): Promise<string | null> {
  while (blocksRemoval(vf.hold)) await nextChange(machine);
  if (!pf.vfs.includes(vf)) return 'ENODEV';
  if (vf.hold?.kind !== 'vfio') return null;
  giveToNetwork(machine, { pf, vf });
  await machine.remember();
  return null;
}

/** Takes a VF from vfio-pci to its network driver, if it has one. Its netdev comes in the time of the driver. */
export function giveToNetwork(machine: Machine, { pf, vf }: FoundVf): void {
  vf.hold = null;
  vf.mac = vf.settings.mac === ZERO_MAC ? machine.newMac(pf, vf.index) : vf.settings.mac;
  vf.reboundAt = machine.clock.now();
  vf.netdevAt = machine.netdevTime(pf, vf.index, machine.clock.now(), { isRebind: true });
  machine.changed();
  if (vf.netdevAt !== null) void passUntil(machine, vf.netdevAt).then(() => netdevCame(machine, pf, vf));
}
