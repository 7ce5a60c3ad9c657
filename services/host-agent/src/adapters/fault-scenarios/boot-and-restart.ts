import { type FaultScenario, on, PF } from './fault-scenario.ts';

/** What comes in another order, or otherwise, after a boot. */
export const BOOT_AND_RESTART = {
  F48: {
    happens: 'the driver of a PF is bound 30 s after boot, when the agent has long been up',
    look: 'enp5s0f0 comes by itself when its driver is there; every start of VFleet boots this host',
    machine: on('alpha', {
      bootsAnew: true,
      faults: [{ kind: 'driver-missing', pf: PF.alpha, afterBootMs: 30_000 }],
    }),
  },
  F49: {
    happens: 'cards are in other slots after a boot, and interfaces have other names',
    look: 'set 4 VFs on enp5s0f0 and start VFleet again, which boots this host: the number is not applied to the other card',
    machine: on('alpha', { bootsAnew: true, swapsAtBoot: [[PF.alpha, '0000:84:00.0']] }),
  },
  F50: {
    happens: 'the file that keeps the number of a PF cannot be read',
    look: 'set 4 VFs on enp5s0f0, write nonsense into hosts/f50/state/virtual_functions/0000:05:00.0 of the data folder: it is told',
    machine: on('alpha'),
  },
  F51: {
    happens: 'VFs are on their network driver again after a boot, whatever they were bound to before',
    look: 'start a VM and then VFleet again, which boots this host: the VM is down, and starts on a VF that is bound and set anew',
    machine: on('alpha', { bootsAnew: true }),
  },
  F52: {
    happens: 'VMs are started on a host whose VFs are not there yet',
    look: 'set 4 VFs and start VFleet again, which boots this host without a restore: a start says what is missing until they are set again',
    machine: on('charlie', { bootsAnew: true }),
  },
  F53: {
    happens: 'libvirt counts a VF to a domain that VFleet did not start',
    look: 'the first VF of enp5s0f0 is in use, and says by which domain',
    machine: on('alpha', { port: { vfs: 2 }, domains: [{ name: 'legacy', vfs: ['0000:05:10.0'] }] }),
  },
} as const satisfies Record<string, FaultScenario>;
