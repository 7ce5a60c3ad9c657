import { type FaultScenario, on, PF } from './fault-scenario.ts';

/** What comes in another order, or otherwise, after a boot. */
export const BOOT_AND_RESTART = {
  F48: {
    happens: 'the driver of a PF is bound 30 s after boot, when the agent has long been up',
    look: 'enp5s0f0 comes by itself when its driver is there',
    machine: on('alpha', { faults: [{ kind: 'driver-missing', pf: PF.alpha, afterBootMs: 30_000 }] }),
  },
  F49: {
    happens: 'cards are in other slots after a boot, and interfaces have other names',
    look: 'the number kept for one card is not applied to another: the VFs configuration says so',
    machine: on('alpha'),
  },
  F50: {
    happens: 'the file that keeps the number of a PF cannot be read',
    look: 'the VFs configuration says which file it is, and what to do; other PFs are restored',
    machine: on('alpha'),
  },
  F51: {
    happens: 'VFs are on their network driver again after a boot, whatever they were bound to before',
    look: 'a VM that ran before the boot is started again: its VF is bound and set anew',
    machine: on('alpha'),
  },
  F52: {
    happens: 'VMs are started on a host whose VFs are not there yet',
    look: 'the start says that the VFs are missing; it works once they are restored',
    machine: on('charlie'),
  },
  F53: {
    happens: 'libvirt counts a VF to a domain that is no longer there, or is not ours',
    look: 'the VF is in use, and says by which domain',
    machine: on('alpha', { port: { vfs: 2 } }),
  },
} as const satisfies Record<string, FaultScenario>;
