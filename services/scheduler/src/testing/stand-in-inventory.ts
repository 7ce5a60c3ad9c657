import { answers, type Bus } from '@vfleet/bus/bus';
import { GetHost, HostChanged } from '@vfleet/contracts/inventory';
import { HostFacts, ReadHostFacts } from '@vfleet/contracts/inventory-facts';
import { refusal } from '@vfleet/contracts/refusals';
import type { HostFacts as FactsOfHost } from '../core/host-facts.ts';

/**
 * Inventory as far as the choice of hosts sees it: facts that a test puts, with versions that rise and a hint at every
 * change, unless the hint is lost.
 */
export function standInInventory() {
  const hosts = new Map<string, HostFacts>();
  const asked: (readonly string[])[] = [];
  let bus: Bus | undefined;
  let hints = 0;

  function hint(hostId: string): void {
    const id = `hint-${++hints}`;
    const actor = { kind: 'service' as const, name: 'inventory' };
    const context = { id, correlationId: id, actor, sentAt: '2026-01-01T00:00:00.000Z' };
    void bus?.publish(HostChanged, { hostId, change: 'updated', nics: [] }, context);
  }

  const inventory = {
    /** The ids that were asked for, question by question. */
    asked,
    /** Answers the version it has now. */
    put(facts: FactsOfHost): number {
      const version = inventory.putUnheard(facts);
      hint(facts.id);
      return version;
    },
    putUnheard(facts: FactsOfHost): number {
      const version = (hosts.get(facts.id)?.version ?? 0) + 1;
      hosts.set(facts.id, HostFacts.parse({ ...facts, version }));
      return version;
    },
    remove(hostId: string): void {
      hosts.delete(hostId);
      hint(hostId);
    },
    async startOn(next: Bus): Promise<void> {
      bus = next;
      await next.serve('inventory', [
        answers(ReadHostFacts, async ({ payload: { ids, cursor, limit } }) => {
          if (ids) {
            asked.push(ids);
            return { ok: true, reply: { items: ids.flatMap((id) => hosts.get(id) ?? []), next: null } };
          }
          const following = [...hosts.keys()].sort().filter((id) => cursor === undefined || id > cursor);
          const page = following.slice(0, limit);
          const next = following.length > page.length ? (page.at(-1) ?? null) : null;
          return { ok: true, reply: { items: page.flatMap((id) => hosts.get(id) ?? []), next } };
        }),
        answers(GetHost, async ({ payload: { host: ref } }) => {
          const host = hosts.get(ref) ?? [...hosts.values()].find(({ name }) => name === ref);
          if (!host) return { ok: false, refusals: [refusal('HOST_NOT_EXIST', `There is no ${ref}.`)] };
          const { id, name, status, clusterId, version } = host;
          const cluster = { id: clusterId, name: clusterId };
          const seen = { status_since: null, agent: { version: null, last_seen: null }, iommu: true };
          const counts = { pfs: 0, vfs: 0, vfs_in_use: 0, free_vfs: 0 };
          const nothing = { last_report_error: null, orphans: [], problems: [], unhealthy_pfs: 0, differences: [] };
          return {
            ok: true,
            reply: { resource: { id, name, status, cluster, ...seen, ...counts, ...nothing }, version },
          };
        }),
      ]);
    },
  };
  return inventory;
}
