import { compareNames } from './fleet-index.ts';
import type { HostCapacity } from './host-capacity.ts';
import { placeIn } from './place-in.ts';
import { compareScores, type Score } from './placing.ts';

export type RankedHost = { host: HostCapacity; score: Score };

/** The best of the hosts put in, `limit` at most, best first: by score, then by name. */
export type BestHosts = {
  hosts: readonly RankedHost[];
  /** Puts a host in its place; false when it is not among the best. */
  keep(ranked: RankedHost): boolean;
  /** Whether a host with at most the score `bound` could be among the best; when told `first`, none named before it. */
  couldKeep(bound: Score, first?: HostCapacity): boolean;
};

export function bestHosts(limit: number): BestHosts {
  const hosts: RankedHost[] = [];
  return {
    hosts,
    keep(ranked) {
      const place = placeIn(hosts, (other) => compareRanked(other, ranked));
      if (place >= limit) return false;
      hosts.splice(place, 0, ranked);
      hosts.length = Math.min(hosts.length, limit);
      return true;
    },
    couldKeep(bound, first) {
      const last = hosts[limit - 1];
      if (last === undefined) return true;
      const difference = compareScores(bound, last.score);
      return difference < 0 || (difference === 0 && (first === undefined || compareNames(first, last.host) < 0));
    },
  };
}

function compareRanked(one: RankedHost, other: RankedHost): number {
  return compareScores(one.score, other.score) || compareNames(one.host, other.host);
}
