import type { VfCounters } from '../../host.ts';
import { domainWith } from './domains.ts';
import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';
import { linkedVfs } from './pf-view.ts';

/** What goes through the VF of a running domain in a second; the VF with index n has n + 1 times as much. */
const A_SECOND = { packets: 1000, bytes: 800_000, multicast: 2, broadcast: 1 };

/**
 * The counters of a machine's VFs: they move with its time while a running domain holds the VF, and begin anew with the
 * VF and with the process that simulates the machine. What happens between two looks is as the later one finds it.
 */
export function simulatedCounters(machine: Machine): (pf: SimulatedPf) => VfCounters[] {
  const counted = new WeakMap<SimulatedVf, { at: number; busyMs: number }>();

  function busySeconds(vf: SimulatedVf): number {
    const now = machine.clock.now();
    const before = counted.get(vf) ?? { at: vf.linkAt, busyMs: 0 };
    const isBusy = domainWith(machine, vf.address)?.state === 'running';
    const busyMs = before.busyMs + (isBusy ? Math.max(0, now - before.at) : 0);
    counted.set(vf, { at: now, busyMs });
    return busyMs / 1000;
  }

  return (pf) =>
    linkedVfs(machine, pf).map((vf) => {
      const seconds = busySeconds(vf) * (vf.index + 1);
      const of = (rate: number) => Math.floor(seconds * rate);
      const { packets, bytes, multicast, broadcast } = A_SECOND;
      return {
        index: vf.index,
        receive: {
          bytes: of(bytes),
          packets: of(packets),
          multicast: of(multicast),
          broadcast: of(broadcast),
          dropped: 0,
        },
        transmit: { bytes: of(bytes / 2), packets: of(packets / 2), dropped: 0 },
      };
    });
}
