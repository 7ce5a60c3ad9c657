import { type FaultScenario, on, PF } from './fault-scenario.ts';

/** What drivers do with the MACs of VFs. */
export const MAC = {
  F20: {
    happens: 'an ixgbe does not take back the all-zero MAC that its VFs have at first',
    look: 'start and stop a VM on this host: its VF is free again',
    machine: on('bravo'),
  },
  F21: {
    happens: 'VFs get other MACs whenever they are made',
    look: 'start a VM, stop it, set another number of VFs, start it again: the guest has the same MAC',
    machine: on('bravo'),
  },
  F22: {
    happens: "a MAC that was set through the PF stays until it is set anew; the VF's own side cannot change it",
    look: 'start and stop a VM on this host: the VF has not kept the MAC of the guest',
    machine: on('alpha'),
  },
  F23: {
    happens: 'the driver is busy with the VF at first, and shows what was set only after half a second',
    look: 'start a VM with trust on this host: it is tried again, and waited for',
    machine: on('alpha', {
      faults: [
        { kind: 'vf-set-errno', pf: PF.alpha, property: 'trust', errno: 'EBUSY', calls: { times: 2 } },
        { kind: 'vf-set-late', pf: PF.alpha, property: 'trust', afterMs: 500, calls: { times: null } },
      ],
    }),
  },
  F24: {
    happens: 'libvirt forgets to give a VF its earlier MAC back, and the driver refuses it for some time too',
    look: 'start and stop a VM on this host: the VF is dirty and not given out, until it could be cleaned',
    machine: on('alpha', {
      faults: [
        { kind: 'libvirt-forgets', pf: PF.alpha },
        { kind: 'vf-set-errno', pf: PF.alpha, property: 'mac', errno: 'EIO', calls: { skip: 1, times: 2 } },
      ],
    }),
  },
  F25: {
    happens: 'the guest lets go of a VF long after it was asked to, and libvirt sets its earlier values then',
    look: 'unplug a vNIC on this host: the VF is cleaned after libvirt has let go of it, not before',
    machine: on('alpha', { faults: [{ kind: 'guest-refuses-unplug' }] }),
  },
  F26: {
    happens: 'a guest wants more MACs on its VF than an untrusted one may have',
    look: 'a profile with trust makes the VF a trusted one, which the PF lets add MACs',
    machine: on('charlie'),
  },
  F27: {
    happens: 'the driver checks a VF for spoofing only when it has a MAC, and keeps the MAC of one that is checked',
    look: 'start and stop a VM with spoof_check on this host: set and given back in the right order',
    machine: on('delta', {
      card: {
        vfTraits: {
          firstMac: 'zero',
          spoofCheck: false,
          refuses: {},
          ratesNeedCarrier: false,
          spoofCheckNeedsMac: 'EINVAL',
        },
      },
    }),
  },
} as const satisfies Record<string, FaultScenario>;
