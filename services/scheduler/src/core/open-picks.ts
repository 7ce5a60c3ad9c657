import type { FleetIndex } from './fleet-index.ts';
import type { HostFacts } from './host-facts.ts';
import type { FreeVf } from './placing-on-host.ts';

/** VFs of a host, by PCI rank, that were picked at `at`, in milliseconds. */
export type PickedVfs = { hostId: string; ranks: readonly number[]; at: number };

/**
 * How a pick ends; only the first word counts. A claimed one keeps its VFs out until facts of its host are as new as
 * `ledgerVersion`: these tell of the claims themselves.
 */
export type OpenPick = { claimed(ledgerVersion: number): void; givenUp(): void };

/**
 * The hosts of an index without the VFs that this process has picked and that their facts do not show as claimed yet: so
 * that VMs that are placed at once do not choose the same ones. Whoever feeds the index feeds it through this.
 */
export type OpenPicks = {
  /** Takes newer facts of a host in, less what is picked there. Throws as the index does; the host is then left out. */
  put(facts: HostFacts & { version: number }): void;
  remove(hostId: string): void;
  open(picked: PickedVfs): OpenPick;
  /** Gives up picks of which nothing was heard since they were made, at `until` or before. */
  expire(until: number): void;
};

type Pick = { hostId: string; ranks: readonly number[]; at: number; awaits: number | null };
type Host = { picks: Set<Pick>; withheld: FreeVf[] };

/** No picks. `versionOf` tells of a host how new the facts in the index are. */
export function openPicks(index: FleetIndex, versionOf: (hostId: string) => number | undefined): OpenPicks {
  const hosts = new Map<string, Host>();
  const unheard = new Set<Pick>();

  function withhold(hostId: string): void {
    const host = hosts.get(hostId);
    if (host === undefined) return;
    host.withheld = index.withhold(hostId, new Set([...host.picks].flatMap(({ ranks }) => ranks)));
  }

  function end(pick: Pick): void {
    unheard.delete(pick);
    const host = hosts.get(pick.hostId);
    if (!host?.picks.delete(pick)) return;
    const isOfPick = ({ rank }: FreeVf) => pick.ranks.includes(rank);
    index.restore(pick.hostId, host.withheld.filter(isOfPick));
    host.withheld = host.withheld.filter((vf) => !isOfPick(vf));
    if (host.picks.size === 0) hosts.delete(pick.hostId);
  }

  function claimed(pick: Pick, ledgerVersion: number): void {
    if (!unheard.delete(pick)) return;
    pick.awaits = ledgerVersion;
    if ((versionOf(pick.hostId) ?? 0) >= ledgerVersion) end(pick);
  }

  return {
    put(facts) {
      for (const pick of hosts.get(facts.id)?.picks ?? []) {
        if (pick.awaits !== null && pick.awaits <= facts.version) end(pick);
      }
      try {
        index.put(facts);
      } catch (problem) {
        index.remove(facts.id);
        throw problem;
      }
      withhold(facts.id);
    },
    remove(hostId) {
      index.remove(hostId);
      for (const pick of hosts.get(hostId)?.picks ?? []) end(pick);
    },
    open({ hostId, ranks, at }) {
      const pick: Pick = { hostId, ranks, at, awaits: null };
      const host = hosts.get(hostId) ?? { picks: new Set(), withheld: [] };
      hosts.set(hostId, host);
      host.picks.add(pick);
      unheard.add(pick);
      host.withheld = [...host.withheld, ...index.withhold(hostId, new Set(ranks))];
      return {
        claimed: (ledgerVersion) => claimed(pick, ledgerVersion),
        givenUp: () => {
          if (unheard.has(pick)) end(pick);
        },
      };
    },
    expire(until) {
      for (const pick of unheard) {
        if (pick.at > until) return;
        end(pick);
      }
    },
  };
}
