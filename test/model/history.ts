import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import type { Placement } from '@vfleet/scheduler/core/placement';
import type { ModelVm } from './content.ts';
import type { TrueDomain } from './truth.ts';

type Kind = Operation['kind'];

/** What one client asked of one VM, and what it was told in the end; `ended` null while it was told nothing. */
type Asked = { kind: Kind; begun: number; ended: number | null; outcome: 'done' | 'failed' | 'refused' | null };

/** What clients were told of VMs, and what else befell them. */
export type History = {
  asks(vmId: string, kind: Kind, at: number): (outcome: NonNullable<Asked['outcome']>, at: number) => void;
  /** Something that no client asked for befell the VM: its domain died, its host was rebooted. */
  disturbed(vmId: string, at: number): void;
  /** Answers that are not true any more though nothing happened since. Call it when all is settled. */
  untrue(domains: readonly TrueDomain[], placements: readonly Placement[]): string[];
  counts(): Record<string, number>;
};

export function historyOf(vms: readonly ModelVm[]): History {
  const asked = new Map<string, Asked[]>(vms.map(({ id }) => [id, []]));
  const disturbances = new Map<string, number>();

  /** The last thing that was asked of a VM, when nothing else happened to it since it was asked. */
  function lastWord(vmId: string): Asked | undefined {
    const all = asked.get(vmId) ?? [];
    const last = all.toSorted((one, other) => one.begun - other.begun).at(-1);
    if (!last || last.ended === null || (disturbances.get(vmId) ?? -1) >= last.begun) return undefined;
    const overlapped = all.some((other) => other !== last && (other.ended === null || other.ended >= last.begun));
    return overlapped ? undefined : last;
  }

  return {
    asks(vmId, kind, begun) {
      const one: Asked = { kind, begun, ended: null, outcome: null };
      asked.get(vmId)?.push(one);
      return (outcome, at) => Object.assign(one, { outcome, ended: at });
    },
    disturbed: (vmId, at) => void disturbances.set(vmId, at),
    untrue: (domains, placements) =>
      vms.flatMap(({ id }) => {
        const last = lastWord(id);
        if (last?.outcome !== 'done') return [];
        const runs = domains.some(({ vmId }) => vmId === id);
        const placement = placements.find(({ vmId }) => vmId === id);
        if (last.kind === 'stop') return runs ? [`${id} was told stopped and runs`] : [];
        if (last.kind === 'start' || last.kind === 'migrate' || last.kind === 'upgrade') {
          return runs && placement?.state === 'running' ? [] : [`${id} was told ${last.kind} done and does not run`];
        }
        return [];
      }),
    counts: () => {
      const sums: Record<string, number> = {};
      for (const { kind, outcome } of [...asked.values()].flat()) {
        const key = `${kind} ${outcome ?? 'open'}`;
        sums[key] = (sums[key] ?? 0) + 1;
      }
      return sums;
    },
  };
}
