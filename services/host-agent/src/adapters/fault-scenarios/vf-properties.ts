import { type FaultScenario, on, PF } from './fault-scenario.ts';

/** What drivers do with the other properties of VFs. */
export const VF_PROPERTIES = {
  F28: {
    happens: 'igb refuses a link state, after VLAN and MAC were set',
    look: 'start a VM with link_state on this host: it fails with what cannot be set, and the VF is clean',
    machine: on('alpha'),
  },
  F29: {
    happens: 'setting one rate of a VF clears the other',
    look: 'start a VM with both rates on this host: the VF has both',
    machine: on('delta'),
  },
  F30: {
    happens: 'two commands at once on one PF fail',
    look: 'start several VMs at once on this host: all run',
    machine: on('alpha', { faults: [{ kind: 'overlap-errno', pf: PF.alpha, errno: 'EBUSY' }] }),
  },
  F31: {
    happens: 'a DPU does not let the VLAN of a VF be taken off (EPERM)',
    look: 'start and stop a VM on an untagged network: no VLAN is touched; on a tagged one: the VF is dirty, and says why',
    machine: on('delta', {
      card: {
        vfTraits: { firstMac: 'zero', spoofCheck: false, refuses: { noVlan: 'EPERM' }, ratesNeedCarrier: false },
      },
    }),
  },
  F32: {
    happens: 'ip answers what cannot be read, as after an upgrade of iproute2',
    look: 'the host says so, and shows what it last was',
    machine: on('alpha', {
      faults: [{ kind: 'scan-fails', message: 'ip -j -d link show answered no JSON: Unexpected token at position 0' }],
    }),
  },
  F33: {
    happens: 'a PF is down when its host has booted',
    look: 'set 2 VFs on enp5s0f0: the PF is set up with them',
    machine: on('alpha', { port: { up: false } }),
  },
  F34: {
    happens: "a VF cannot have a larger MTU than its PF's 1500",
    look: 'start a VM on a network with MTU 9000: this PF does not serve it, and the answer says what its MTU is',
    machine: on('alpha'),
  },
} as const satisfies Record<string, FaultScenario>;
