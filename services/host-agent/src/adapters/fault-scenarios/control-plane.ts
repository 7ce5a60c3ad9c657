import { type FaultScenario, on, PF } from './fault-scenario.ts';

/** What the product itself could do wrong to a host. */
export const CONTROL_PLANE = {
  F58: {
    happens: 'VFs are there that nobody gave to VFleet, beside those that are',
    look: 'set VFs on enp5s0f1: those of enp5s0f0 stay as they are',
    machine: on('alpha', { port: { vfs: 3 } }),
  },
  F59: {
    happens: 'a change fails after the VFs were removed',
    look: 'set 4 VFs on enp5s0f0, then 6: the 4 are made again, and no other PF is touched',
    machine: on('alpha', {
      faults: [{ kind: 'errno', pf: PF.alpha, errno: 'ENOMEM', writes: { count: 6, times: null } }],
    }),
  },
  F60: {
    happens: 'looking through the devices of the host takes 90 s',
    look: 'the host stays up, and says that its devices could not be looked through in time',
    machine: on('alpha', { faults: [{ kind: 'scan-slow', ms: 90_000 }] }),
  },
} as const satisfies Record<string, FaultScenario>;
