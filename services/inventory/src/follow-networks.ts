import type { Bus } from '@vfleet/bus/bus';
import { startReadModel } from '@vfleet/bus/read-model';
import { GetNetwork, type KnownNetwork, NetworkChanged, ReadNetworks } from '@vfleet/contracts/policy/networks';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { askPolicy, type Cause, POLICY_PATIENCE_MS } from './ask-policy.ts';
import type { KnownNetworks, NetworkLists } from './core/known-networks.ts';

const NOT_READY = 'inventory has not read the networks of policy yet';

/** Policy's networks as handlers get at them. */
export type FollowedNetworks = {
  /** What is known now, however much that is: for replies to what was carried out, and for rules after `know`. */
  known: KnownNetworks;
  /** What these lists come to, wholly known. Throws when policy did not answer yet: then nobody can tell. */
  knownFor(lists: readonly NetworkLists[]): Promise<KnownNetworks>;
  /** Everything known of networks, once all were read. Throws before. */
  knownAll(): KnownNetworks;
  /** Waits until these networks are known or known to be gone. Throws when policy does not answer in time. */
  know(ids: readonly string[]): Promise<void>;
  /**
   * Waits until these networks are known in these versions or newer ones, or to be gone. What is known in an older one
   * is asked for again. Throws as above.
   */
  knowVersions(networks: readonly { id: string; version: number }[]): Promise<void>;
  /** The network that an id or name is now, by policy's own word; undefined when there is none. Throws as above. */
  resolve(ref: string, cause: Cause): Promise<KnownNetwork | undefined>;
  /** As `resolve`, but of an id that one of these lists holds it is told what is known, without asking. */
  resolveListed(ref: string, lists: readonly NetworkLists[], cause: Cause): Promise<KnownNetwork | undefined>;
  problems(): string[];
  close(): Promise<void>;
};

/** Follows policy's networks, whether or not policy is there. */
export async function followNetworks(deps: {
  bus: Bus;
  clock: Clock;
  log: Log;
  newId: () => string;
}): Promise<FollowedNetworks> {
  const all = new Map<string, KnownNetwork>();
  const byLabel = new Map<string, Map<string, KnownNetwork>>();
  const model = await startReadModel(
    { query: ReadNetworks, event: NetworkChanged, idOf: ({ networkId }) => networkId },
    {
      ...deps,
      follower: 'inventory',
      changed: ({ before, after }) => {
        if (after) all.set(after.id, after);
        else if (before) all.delete(before.id);
        if (before?.label) byLabel.get(before.label)?.delete(before.id);
        if (after?.label) ofLabel(byLabel, after.label).set(after.id, after);
      },
    },
  );
  const known: KnownNetworks = {
    get: model.get,
    isGone: model.isGone,
    all: () => all.values(),
    withLabel: (label) => byLabel.get(label)?.values() ?? [],
  };
  const know = (ids: readonly string[]) => model.know(ids, { withinMs: POLICY_PATIENCE_MS });

  async function resolve(network: string, cause: Cause): Promise<KnownNetwork | undefined> {
    const found = await askPolicy(deps, GetNetwork, { network }, cause);
    if (!found) return undefined;
    const { id, name, label, mtu } = found.resource;
    const resolved = { id, name, label, mtu, version: found.version };
    model.learn(resolved);
    return resolved;
  }

  return {
    known,
    know,
    async knowVersions(networks) {
      const behind = networks.filter(({ id, version }) => !model.isGone(id) && (model.get(id)?.version ?? 0) < version);
      await model.refresh([...new Set(behind.map(({ id }) => id))], { withinMs: POLICY_PATIENCE_MS });
    },
    knownAll() {
      if (!model.isReady()) throw new Error(NOT_READY);
      return known;
    },
    async knownFor(lists) {
      if (lists.some(({ labels }) => labels.length > 0) && !model.isReady()) throw new Error(NOT_READY);
      await know([...new Set(lists.flatMap(({ networkIds }) => networkIds))]);
      return known;
    },
    resolve,
    resolveListed: async (ref, lists, cause) =>
      lists.some(({ networkIds }) => networkIds.includes(ref)) ? known.get(ref) : resolve(ref, cause),
    problems: () => (model.isReady() ? [] : [NOT_READY]),
    close: model.close,
  };
}

function ofLabel(byLabel: Map<string, Map<string, KnownNetwork>>, label: string): Map<string, KnownNetwork> {
  const found = byLabel.get(label) ?? new Map<string, KnownNetwork>();
  byLabel.set(label, found);
  return found;
}
