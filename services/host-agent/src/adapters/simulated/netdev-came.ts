import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';
import { pass } from './waiting.ts';

/** Calls out that the netdev of a VF is there, as netlink does, and lets the host do with it what it does to every new one. */
export function netdevCame(machine: Machine, pf: SimulatedPf, vf: SimulatedVf): void {
  machine.changed();
  const subject = { pf: pf.address, vf: vf.index };
  for (const { afterMs } of machine.faults.concerning('vf-renamed', subject)) {
    if (afterMs > 0) void pass(machine, afterMs).then(() => machine.changed());
  }
  for (const { afterMs, hold } of machine.faults.concerning('vf-grabbed', subject)) {
    void pass(machine, afterMs).then(() => {
      if (!pf.vfs.includes(vf) || vf.hold !== null) return undefined;
      vf.hold = hold;
      machine.changed();
      return machine.remember();
    });
  }
}
