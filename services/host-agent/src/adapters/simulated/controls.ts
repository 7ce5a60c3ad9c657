import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { FaultInput } from './faults.ts';
import { findVf } from './find-function.ts';
import { Hold, type HoldInput } from './holds.ts';
import type { Machine, SimulatedPf } from './machine.ts';

/** What happens to a simulated machine from outside. All take effect at once, and are seen by watchers. */
export type SimulatedControls = {
  /** Lets a fault befall the machine; answers how to end it. */
  inject(fault: FaultInput): () => void;
  /** Lets something take hold of a VF that exists. */
  hold(vf: PciAddress, hold: HoldInput): void;
  /** Lets go of a VF; a removal that waits for it goes on. */
  letGo(vf: PciAddress): void;
  /** Lets a write that hangs go on. */
  releaseWrite(pf: PciAddress): void;
  /** Boots the machine: its VFs, writers and holders are gone. */
  reboot(): Promise<void>;
  /** Takes a card's function out; a write under way fails with ENODEV. */
  removePf(pf: PciAddress): void;
  /** Puts it back, or another in its place. It has no VFs. */
  returnPf(pf: PciAddress, other?: { mac?: string; deviceId?: string; totalVfs?: number }): void;
  /** What `sriov_numvfs` holds, by looking into the machine: the truth for a test. */
  numVfs(pf: PciAddress): number;
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
  const holdVf = (address: PciAddress, hold: Hold | null): void =>
    change(() => {
      const found = findVf(machine, address);
      if (!found) throw new Error(`the simulated machine has no VF ${address}`);
      found.vf.hold = hold;
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
    hold: (vf, hold) => holdVf(vf, Hold.parse(hold)),
    letGo: (vf) => holdVf(vf, null),
    releaseWrite: (pf) => existing(pf).writing?.release(),
    reboot: async () => {
      machine.boot();
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
    numVfs: (pf) => existing(pf).numVfs,
  };
}
