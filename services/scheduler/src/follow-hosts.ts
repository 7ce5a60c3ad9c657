import type { Bus } from '@vfleet/bus/bus';
import { type ReadModel, startReadModel } from '@vfleet/bus/read-model';
import { HostChanged } from '@vfleet/contracts/inventory';
import { type HostFacts, ReadHostFacts } from '@vfleet/contracts/inventory-facts';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { type FleetIndex, fleetIndex } from './core/fleet-index.ts';
import { type OpenPicks, openPicks } from './core/open-picks.ts';

const NOT_READY = 'the scheduler has not read the hosts of inventory yet';

/** Inventory may take so long, in milliseconds: less than what waits for an operation of the same VM. */
const INVENTORY_PATIENCE_MS = 2000;

/**
 * A host with 256 VFs is 4 KB: 50 are taken in within 5 ms, and all of 10,000 are 40 MB, so they are read again seldom.
 * A lost hint costs nothing until then but refused claims, after which the host is read anyway.
 */
const SETTINGS = { snapshotEveryMs: 120_000, askWithinMs: 5000, atOnce: 50 };

/** Inventory's hosts as this process knows them, less the VFs it has picked. */
export type FollowedHosts = {
  /** All hosts that could be taken in; throws while not all were read once, for then nobody can tell which fits. */
  index(): FleetIndex;
  picks: Pick<OpenPicks, 'open' | 'expire'>;
  /** Reads these hosts anew before it resolves; throws when inventory does not answer in time. */
  refresh(hostIds: readonly string[]): Promise<void>;
  problems(): string[];
  close(): Promise<void>;
};

/**
 * Follows inventory's hosts, whether or not inventory is there. Of each only the form of the index is kept: that is small.
 * A host whose facts cannot be taken in is left out until they can.
 */
export async function followHosts(deps: {
  bus: Pick<Bus, 'ask' | 'follow'>;
  clock: Clock;
  log: Log;
  newId: () => string;
}): Promise<FollowedHosts> {
  const index = fleetIndex();
  let followed: ReadModel<HostFacts> | undefined;
  const picks = openPicks(index, (hostId) => followed?.get(hostId)?.version);
  const leftOut = new Set<string>();

  function take(facts: HostFacts): void {
    try {
      picks.put(facts);
      leftOut.delete(facts.id);
    } catch (problem) {
      if (leftOut.has(facts.id)) return;
      leftOut.add(facts.id);
      deps.log.error(
        { problem, hostId: facts.id },
        'A host is left out: what inventory tells of it cannot be taken in',
      );
    }
  }

  function remove(hostId: string): void {
    leftOut.delete(hostId);
    picks.remove(hostId);
  }

  const model = await startReadModel(
    { query: ReadHostFacts, event: HostChanged, idOf: ({ hostId }) => hostId },
    {
      ...deps,
      follower: 'scheduler',
      changed: ({ before, after }) => {
        if (after) take(after);
        else if (before) remove(before.id);
      },
      kept: withoutPfs,
      settings: SETTINGS,
    },
  );
  followed = model;

  return {
    index() {
      if (!model.isReady()) throw new Error(NOT_READY);
      return index;
    },
    picks,
    refresh: (hostIds) => model.refresh(hostIds, { withinMs: INVENTORY_PATIENCE_MS }),
    problems: () => (model.isReady() ? [] : [NOT_READY]),
    close: model.close,
  };
}

const NOTHING: HostFacts['attached'] = { networkIds: [], labels: [] };
const NO_PFS: HostFacts['pfs'] = [];

/** What tells answers apart; the rest is in the index. */
function withoutPfs({ id, version, name, clusterId, status }: HostFacts): HostFacts {
  return { id, version, name, clusterId, status, attached: NOTHING, pfs: NO_PFS };
}
