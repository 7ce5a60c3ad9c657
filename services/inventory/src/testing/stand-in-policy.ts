import { answers, type Bus } from '@vfleet/bus/bus';
import type { MessageContext } from '@vfleet/contracts/envelope';
import { ClusterChanged, GetCluster, type KnownCluster, ReadClusters } from '@vfleet/contracts/policy/clusters';
import type { ReadRequest } from '@vfleet/contracts/policy/entity';
import { GetNetwork, type KnownNetwork, NetworkChanged, ReadNetworks } from '@vfleet/contracts/policy/networks';
import { type RefusalCode, refusal } from '@vfleet/contracts/refusals';
import { DEFAULT_CLUSTER } from '@vfleet/contracts/vocabulary/cluster';

type Entity = { id: string; version: number; name: string };
type Change = 'added' | 'updated' | 'removed';
/** What a test says of an entity; what is plain of most it need not. */
type Fields<Item, Plain> = Omit<Item, 'id' | 'version' | keyof Plain> & Partial<Plain>;

/**
 * Policy as far as inventory sees it: networks and clusters in maps that a test changes, with versions that rise and a
 * hint at every change. What is changed while it is away is hinted at when it is back, as from its outbox.
 */
export function standInPolicy() {
  const networks = entities<KnownNetwork, { mtu: number }>({ mtu: 1500 }, (networkId, change, context) =>
    bus?.publish(NetworkChanged, { networkId, change }, context),
  );
  const clusters = entities<KnownCluster, { requireCarrier: boolean }>(
    { requireCarrier: false },
    (clusterId, change, context) => bus?.publish(ClusterChanged, { clusterId, change }, context),
  );
  const asked = { getNetwork: 0, getCluster: 0 };
  let bus: Bus | undefined;
  clusters.put(DEFAULT_CLUSTER.id, { name: DEFAULT_CLUSTER.name });

  return {
    networks,
    clusters,
    asked,
    async startOn(next: Bus): Promise<void> {
      bus = next;
      await next.serve('policy', [
        answers(ReadNetworks, async ({ payload }) => ({ ok: true, reply: networks.read(payload) })),
        answers(ReadClusters, async ({ payload }) => ({ ok: true, reply: clusters.read(payload) })),
        answers(GetNetwork, async ({ payload }) => {
          asked.getNetwork++;
          const found = networks.find(payload.network);
          if (!found) return notThere('ACTION_TYPE_FAILED_NETWORK_NOT_EXIST');
          const { version, ...known } = found;
          const plain = { description: '', vlan_id: null, port_isolation: false, required: false };
          return { ok: true, reply: { resource: { ...known, ...plain, roles: [], qos: null }, version } };
        }),
        answers(GetCluster, async ({ payload }) => {
          asked.getCluster++;
          const found = clusters.find(payload.cluster);
          if (!found) return notThere('CLUSTER_NOT_EXIST');
          const { version, requireCarrier, ...known } = found;
          const plain = { description: '', compatibility_version: '4.7', policy: 'pack' as const };
          return { ok: true, reply: { resource: { ...known, ...plain, require_carrier: requireCarrier }, version } };
        }),
      ]);
      networks.publishAll();
      clusters.publishAll();
    },
    leave(): void {
      bus = undefined;
    },
  };

  function entities<Item extends Entity, Plain = object>(
    plain: Plain,
    publish: (id: string, change: Change, context: MessageContext) => Promise<void> | undefined,
  ) {
    const all = new Map<string, Item>();
    const outbox: { id: string; change: Change }[] = [];
    let hints = 0;

    function changed(id: string, change: Change): void {
      outbox.push({ id, change });
      publishAll();
    }

    function publishAll(): void {
      if (!bus) return;
      for (const { id, change } of outbox.splice(0)) {
        const messageId = `hint-${id}-${++hints}`;
        const actor = { kind: 'service' as const, name: 'policy' };
        void publish(id, change, {
          id: messageId,
          correlationId: messageId,
          actor,
          sentAt: '2026-01-01T00:00:00.000Z',
        });
      }
    }

    return {
      publishAll,
      all: () => [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      find: (ref: string) => all.get(ref) ?? [...all.values()].find(({ name }) => name === ref),
      put(id: string, fields: Fields<Item, Plain>): void {
        const known = all.get(id);
        this.changeUnnoticed(id, fields);
        changed(id, known ? 'updated' : 'added');
      },
      /** A change whose hint is still under way. */
      changeUnnoticed(id: string, fields: Fields<Item, Plain>): void {
        const version = (all.get(id)?.version ?? 0) + 1;
        all.set(id, { ...plain, ...fields, id, version } as unknown as Item);
      },
      remove(id: string): void {
        if (all.delete(id)) changed(id, 'removed');
      },
      read({ ids, limit, cursor }: ReadRequest): { items: Item[]; next: string | null } {
        if (ids) return { items: ids.flatMap((id) => all.get(id) ?? []), next: null };
        const following = this.all().filter(({ id }) => cursor === undefined || id > cursor);
        const items = following.slice(0, limit);
        return { items, next: following.length > items.length ? (items.at(-1)?.id ?? null) : null };
      },
    };
  }
}

function notThere(code: RefusalCode) {
  return { ok: false as const, refusals: [refusal(code, 'There is none.')] };
}
