import type { Machine, SimulatedPf } from './machine.ts';
import type { Counters, MachineMemory, RememberedPf } from './memory.ts';
import { firstSettings } from './vf-settings.ts';

/** A machine as it is kept. A write that hangs is not: nothing says when it would end. */
export function memoryOf(machine: Machine, counters: Counters): MachineMemory {
  const pfs: Record<string, RememberedPf> = {};
  for (const { address, numVfs, isPresent, isUp, mtu, vfs, writing } of machine.pfs.values()) {
    const running = writing && writing.until !== null ? { count: writing.count, until: writing.until } : null;
    pfs[address] = { numVfs, isPresent, isUp, mtu, vfs, writing: running };
  }
  const arrivals = machine.arrivals.map(({ from, domain }) => ({ from, domain }));
  return { schemaVersion: 1, ...counters, pfs, domains: machine.domains, arrivals };
}

/** Makes a machine what its memory has of it. A write that was under way goes on: its process outlived the agent's. */
export function recall(machine: Machine, counters: Counters, remembered: MachineMemory): void {
  const { boots, bootedAt, creations, nextGroup, nextPid, isOn, domains, arrivals } = remembered;
  Object.assign(counters, { boots, bootedAt, creations, nextGroup, nextPid, isOn } satisfies Counters);
  machine.domains.push(...domains);
  machine.arrivals.push(...arrivals.map((arrival) => ({ ...arrival, isLive: false })));
  for (const [address, { writing, vfs, ...state }] of Object.entries(remembered.pfs)) {
    const pf = machine.pfs.get(address);
    if (!pf) continue;
    Object.assign(pf, state);
    pf.vfs = vfs.map(({ settings, ...vf }) => ({
      ...vf,
      settings: settings ?? firstSettings(machine.traitsOf(pf), vf.mac),
    }));
    if (writing) finishLater(machine, pf, writing);
  }
}

function finishLater(machine: Machine, pf: SimulatedPf, { count, until }: { count: number; until: number }): void {
  const running = { count, startedAt: machine.clock.now(), until, release: () => {} };
  pf.writing = running;
  void machine.sleep(Math.max(0, until - machine.clock.now())).then(() => {
    if (pf.writing !== running) return undefined;
    if (count === 0) pf.vfs = [];
    pf.numVfs = count;
    pf.writing = null;
    machine.changed();
    return machine.remember();
  });
}
