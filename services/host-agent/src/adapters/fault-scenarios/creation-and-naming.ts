import { type FaultScenario, on, PF } from './fault-scenario.ts';

/** What new VFs do until they can be used, and what the host does with them. */
export const CREATION_AND_NAMING = {
  F10: {
    happens: 'an ixgbe needs more than a minute for 60 VFs, and the netdev of one comes 40 s later still',
    look: 'set 60 VFs on enp24s0f0: it takes its time, and succeeds',
    machine: on('bravo', {
      faults: [
        { kind: 'slow', pf: PF.bravo, factor: 20, writes: { count: 60, times: null } },
        { kind: 'netdev-late', pf: PF.bravo, vf: 59, afterMs: 40_000 },
      ],
    }),
  },
  F11: {
    happens: 'the netdev of one VF never comes, as on an XXV710 now and then',
    look: 'set 5 VFs on enp59s0f0: 4 are free, the fifth says why it is not',
    machine: on('charlie', { faults: [{ kind: 'netdev-never', pf: PF.charlie, vf: 4 }] }),
  },
  F12: {
    happens: 'the virtfn links of new VFs come 4 s after the write',
    look: 'set 4 VFs on enp59s0f0: it waits for them',
    machine: on('charlie', { faults: [{ kind: 'links-late', pf: PF.charlie, afterMs: 4000 }] }),
  },
  F13: {
    happens: 'new VFs have no driver for some seconds',
    look: 'set 8 VFs on enp24s0f0 and look meanwhile: no drift is told',
    machine: on('bravo', {
      card: {
        times: { create: { fixed: 200, perVf: 50 }, remove: { fixed: 1000, perVf: 30 }, netdev: 6000 },
      },
    }),
  },
  F14: {
    happens: 'the netdev of a VF comes minutes after udev said that all is settled',
    look: 'set 4 VFs on enp59s0f0: 3 are free at first, and the last one as soon as its netdev comes',
    machine: on('charlie', { faults: [{ kind: 'netdev-late', pf: PF.charlie, vf: 2, afterMs: 200_000 }] }),
  },
  F15: {
    happens: 'the netdev of a VF is back 8 s after libvirt reported the device removed',
    look: 'stop a VM on this host: its VF is free when its netdev is there, not before',
    machine: on('alpha', { faults: [{ kind: 'netdev-late-after-unbind', pf: PF.alpha, afterMs: 8000 }] }),
  },
  F16: {
    happens: 'ip link does not list a VF for a moment',
    look: 'start a VM on this host: it gets its VF all the same',
    machine: on('alpha', { faults: [{ kind: 'vf-unlisted', pf: PF.alpha, calls: { times: 3 } }] }),
  },
  F17: {
    happens: 'the VFs of an igb are in no known state while their PF changes, which takes half a minute',
    look: 'set 4 VFs on enp5s0f0 and start a VM meanwhile: no VF of this PF is given out',
    machine: on('alpha', { faults: [{ kind: 'slow', pf: PF.alpha, factor: 20 }] }),
  },
  F18: {
    happens: 'udev renames the netdevs of VFs half a second after they came',
    look: 'set 4 VFs on enp5s0f0 and start a VM: whatever their names are, the VFs are the same',
    machine: on('alpha', { faults: [{ kind: 'vf-renamed', pf: PF.alpha, name: 'ens1f0v%d', afterMs: 500 }] }),
  },
  F19: {
    happens: 'a bridge of the host takes one of the new VFs, and NetworkManager gives an address to another',
    look: 'set 4 VFs on enp5s0f0: 2 are free, the others say what holds them',
    machine: on('alpha', {
      faults: [
        { kind: 'vf-grabbed', pf: PF.alpha, vf: 1, hold: { kind: 'bridge', name: 'virbr0' }, afterMs: 300 },
        { kind: 'vf-grabbed', pf: PF.alpha, vf: 2, hold: { kind: 'address', address: '10.0.0.7/24' }, afterMs: 900 },
      ],
    }),
  },
} as const satisfies Record<string, FaultScenario>;
