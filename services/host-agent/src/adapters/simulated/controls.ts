import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { SimulatedDomain } from './domain.ts';
import { domainWith, endDomain, runForeign } from './domains.ts';
import { exchangePfs } from './exchange-pfs.ts';
import type { FaultInput } from './faults.ts';
import { findVf } from './find-function.ts';
import { giveToNetwork } from './guests-vfs.ts';
import { Hold, type HoldInput } from './holds.ts';
import { type Errno, storeNumVfs } from './kernel-write.ts';
import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';
import type { Port } from './scenario.ts';
import type { SimulatedSettings } from './vf-settings.ts';

/** What happens to a simulated machine from outside. All take effect at once, and are seen by watchers. */
export type SimulatedControls = {
  /** Lets a fault befall the machine; answers how to end it. */
  inject(fault: FaultInput): () => void;
  /** Ends every fault, those of the scenario too. */
  heal(): void;
  /** Lets something take hold of a VF that exists. */
  hold(vf: PciAddress, hold: HoldInput): void;
  /** Lets go of a VF; a removal that waits for it goes on. */
  letGo(vf: PciAddress): void;
  /** Lets a write that hangs go on. */
  releaseWrite(pf: PciAddress): void;
  /** Boots the machine: its VFs, writers, holders and domains are gone. Also switches it on. */
  reboot(): Promise<void>;
  /** Takes its power away, with all that a boot takes; no domain can come to it. Its agent is to be killed too. */
  powerOff(): Promise<void>;
  /** Takes a card's function out; a write under way fails with ENODEV. */
  removePf(pf: PciAddress): void;
  /** Puts it back, or another in its place. It has no VFs. */
  returnPf(pf: PciAddress, other?: { mac?: string; deviceId?: string; totalVfs?: number }): void;
  /** Exchanges two cards, or ports of them: each is found at the address of the other, without VFs. */
  swapPfs(one: PciAddress, other: PciAddress): void;
  /** Names the netdev of a PF otherwise, as udev does. */
  renameNic(pf: PciAddress, name: string): void;
  setCarrier(pf: PciAddress, carrier: boolean): void;
  /** Takes the netdev of a PF administratively down. */
  setPfDown(pf: PciAddress): void;
  /** Lets a VF vanish though `sriov_numvfs` still counts it. */
  removeVf(vf: PciAddress): void;
  /** Somebody else writes `sriov_numvfs`; answers the errno, null when it was taken. */
  writeByHand(pf: PciAddress, count: number): Promise<Errno>;
  /** What `sriov_numvfs` holds, by looking into the machine: the truth for a test. */
  numVfs(pf: PciAddress): number;
  /** Ends the domain of a VM from outside: its process crashed, or its guest switched itself off. */
  killDomain(vmId: string): Promise<void>;
  /** Starts a domain that VFleet knows nothing of, with VFs that are free; libvirt binds them itself. */
  startForeignDomain(name: string, vfs: readonly PciAddress[]): Promise<void>;
  /** Ends such a domain; libvirt gives its VFs back to their network driver. */
  endForeignDomain(name: string): Promise<void>;
  /** The domains as they are, also while libvirt does not answer: the truth for a test. */
  domainsNow(): readonly SimulatedDomain[];
  /** What is set on a VF: the truth for a test. */
  vfSettings(vf: PciAddress): SimulatedSettings;
  /** Every write that reached the kernel so far. */
  writes(): readonly { pciAddress: PciAddress; count: number }[];
};

/** The controls of a machine, apart from what only its host sees. */
export function controlsOf(machine: Machine): Omit<SimulatedControls, 'writes'> {
  const existing = (address: PciAddress): SimulatedPf => {
    const pf = machine.pfs.get(address);
    if (!pf) throw new Error(`the simulated machine has no PF ${address}`);
    return pf;
  };
  const change = (work: () => void): void => {
    work();
    machine.changed();
    void machine.remember();
  };
  const existingVf = (address: PciAddress): SimulatedVf => {
    const found = findVf(machine, address);
    if (!found) throw new Error(`the simulated machine has no VF ${address}`);
    return found.vf;
  };
  const endWhere = (is: (domain: SimulatedDomain) => boolean): SimulatedDomain => {
    const domain = machine.domains.find(is);
    if (!domain) throw new Error('the simulated machine has no such domain');
    endDomain(machine, domain);
    return domain;
  };
  const holdVf = (address: PciAddress, hold: Hold | null): void =>
    change(() => {
      existingVf(address).hold = hold;
    });

  return {
    inject: (fault) => {
      const end = machine.faults.add(fault);
      machine.changed();
      return () => {
        end();
        machine.changed();
      };
    },
    heal: () => {
      machine.faults.clear();
      machine.changed();
    },
    hold: (vf, hold) => holdVf(vf, Hold.parse(hold)),
    letGo: (vf) => holdVf(vf, null),
    releaseWrite: (pf) => existing(pf).writing?.release(),
    reboot: async () => {
      machine.boot();
      machine.changed();
      await machine.remember();
    },
    powerOff: async () => {
      machine.powerOff();
      machine.changed();
      await machine.remember();
    },
    removePf: (address) =>
      change(() => {
        const pf = existing(address);
        Object.assign(pf, { isPresent: false, vfs: [], numVfs: 0 });
        pf.writing?.release();
      }),
    returnPf: (address, { mac, deviceId, totalVfs } = {}) =>
      change(() => {
        const pf = existing(address);
        pf.isPresent = true;
        pf.port = { ...pf.port, mac: mac ?? pf.port.mac };
        const product = { ...pf.card.product, id: deviceId ?? pf.card.product.id };
        pf.card = { ...pf.card, product, totalVfs: totalVfs ?? pf.card.totalVfs };
      }),
    swapPfs: (one, other) =>
      change(() => {
        exchangePfs(existing(one), existing(other));
      }),
    renameNic: (address, nic) => change(() => changePort(existing(address), { nic })),
    setCarrier: (address, carrier) => change(() => changePort(existing(address), { carrier })),
    setPfDown: (address) =>
      change(() => {
        existing(address).isUp = false;
      }),
    removeVf: (address) =>
      change(() => {
        const vf = existingVf(address);
        for (const pf of machine.pfs.values()) pf.vfs = pf.vfs.filter((each) => each !== vf);
      }),
    writeByHand: (address, count) => storeNumVfs(machine, existing(address), count),
    killDomain: async (vmId) => {
      endWhere((domain) => domain.vmId === vmId);
      await machine.remember();
    },
    startForeignDomain: (name, vfs) => startForeign(machine, name, vfs.map(existingVf)),
    endForeignDomain: async (name) => {
      const { interfaces } = endWhere((domain) => domain.vmId === null && domain.name === name);
      for (const { vf } of interfaces) {
        const found = vf && findVf(machine, vf.pciAddress);
        if (found) giveToNetwork(machine, found);
      }
      await machine.remember();
    },
    domainsNow: () => structuredClone(machine.domains),
    vfSettings: (vf) => ({ ...existingVf(vf).settings }),
    numVfs: (pf) => existing(pf).numVfs,
  };
}

function changePort(pf: SimulatedPf, changed: Partial<Port>): void {
  pf.port = { ...pf.port, ...changed };
}

async function startForeign(machine: Machine, name: string, vfs: readonly SimulatedVf[]): Promise<void> {
  const held = vfs.find(({ hold, address }) => hold !== null || domainWith(machine, address));
  if (held) throw new Error(`${held.address} is held already`);
  runForeign(machine, name, vfs);
  machine.changed();
  await machine.remember();
}
