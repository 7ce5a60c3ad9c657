import { DEMO_SCENARIOS } from '../scenarios.ts';
import { type FaultScenario, on, PF } from './fault-scenario.ts';

/** All PFs of the igb cards of alpha. */
const IGB_PFS = [PF.alpha, '0000:05:00.1', '0000:84:00.0', '0000:84:00.1'];

/** What the kernel does with a write of `sriov_numvfs` (drivers/pci/iov.c). */
export const KERNEL_CONTRACT = {
  F1: {
    happens: 'the kernel refuses to go from one number of VFs to another with EBUSY',
    look: 'set 4 VFs on enp5s0f0, then 6: the change goes through 0',
    machine: on('alpha', { port: { vfs: 2 } }),
  },
  F2: {
    happens: 'the driver allows 3 VFs where the card can have 7',
    look: 'set 4 VFs on enp5s0f0: the answer names 0 - 3',
    machine: on('alpha', { faults: [{ kind: 'total-vfs', pf: PF.alpha, total: 3 }] }),
  },
  F3: {
    happens: 'the driver of a PF is unloaded half a minute after boot, while its VFs stay',
    look: 'set 2 VFs on pci_0000_05_00_0 after that: the answer says that no driver is bound, and how to find it',
    machine: on('alpha', {
      port: { vfs: 3 },
      faults: [{ kind: 'driver-missing', pf: PF.alpha, fromBootMs: 30_000, afterBootMs: null }],
    }),
  },
  F4: {
    happens: 'a write of 7 succeeds, with 5 VFs',
    look: 'set 2 VFs on enp5s0f0, then 7: the answer names both counts, and the 2 are there again',
    machine: on('alpha', {
      faults: [{ kind: 'fewer-vfs', pf: PF.alpha, enabled: 5, writes: { count: 7, times: null } }],
    }),
  },
  F5: {
    happens: 'the card has not enough interrupt vectors for 7 VFs (ENOSPC)',
    look: 'set 7 VFs on enp5s0f0: the answer says what is short, and how to come by it',
    machine: on('alpha', {
      faults: [{ kind: 'errno', pf: PF.alpha, errno: 'ENOSPC', writes: { count: 7, times: null } }],
    }),
  },
  F6: {
    happens: 'writing the number that is there does nothing: VFs are not made anew',
    look: 'set 4 VFs on enp5s0f0, which has 4 by hand: it is managed from now on, and no VF was touched',
    machine: on('alpha', { port: { vfs: 4 } }),
  },
  F7: {
    happens: 'a write of 0 does not end, for somebody holds a VF and does not let go',
    look: 'set 4 VFs on enp5s0f0, then 2: after its deadline the PF is stuck, and the answer says who holds what',
    machine: on('alpha', { faults: [{ kind: 'hang', pf: PF.alpha, writes: { count: 0 } }] }),
  },
  F8: {
    happens: 'writes of four PFs do not end, long after their deadline',
    look: 'set VFs on all igb PFs: all are stuck; the ixgbe ones and the host itself go on',
    machine: {
      ...on('alpha'),
      cards: [...DEMO_SCENARIOS.alpha.cards, ...DEMO_SCENARIOS.bravo.cards],
      faults: IGB_PFS.map((pf) => ({ kind: 'hang', pf })),
    },
  },
  F9: {
    happens: 'a change of the number destroys all VFs, with their MACs, VLANs and bindings',
    look: 'plan 6 VFs on enp5s0f0 while VMs hold VFs of it: it names them, and the change is refused',
    machine: on('alpha'),
  },
} as const satisfies Record<string, FaultScenario>;
