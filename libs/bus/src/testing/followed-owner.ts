import { event, query } from '@vfleet/contracts/define';
import { PolicyChange, ReadRequest, readReply } from '@vfleet/contracts/policy/entity';
import { topologyOf } from '@vfleet/contracts/topology';
import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { z } from 'zod';
import { answers, type Bus } from '../bus.ts';

const Thing = z.object({ id: EntityId, version: z.int().positive(), name: z.string() });
export type Thing = z.infer<typeof Thing>;

export const ReadThings = query('policy.read-things', {
  request: ReadRequest,
  reply: readReply(Thing),
  refusals: [],
  keyOf: () => 'things',
});

export const ThingChanged = event('policy.thing-changed', {
  payload: z.object({ thingId: EntityId, change: PolicyChange }),
  keyOf: ({ thingId }) => thingId,
  followers: ['inventory'],
});

export const OWNER_TOPOLOGY = topologyOf([ReadThings, ThingChanged]);

/**
 * An owner of things, in the smallest form a read model can follow: a map whose versions rise. Its hints are in an
 * outbox until it is on a bus, and it forgets nothing while it is away.
 */
export function followedOwner({ pageSize = 500 }: { pageSize?: number | undefined } = {}) {
  const things = new Map<string, Thing>();
  const everUsed = new Set<string>();
  const outbox: (() => void)[] = [];
  let count = 0;
  let isSilent = false;
  let bus: Bus | undefined;

  const owner = {
    asked: [] as ReadRequest[],
    /** Everything there is, in the order of ids. */
    all: () => [...things.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    /** Every id that was ever given out. */
    everUsed: () => [...everUsed],
    put(id: string, name: string): void {
      if (everUsed.has(id) && !things.has(id)) throw new Error(`${id} is given out again`);
      const known = things.get(id);
      everUsed.add(id);
      things.set(id, { id, name, version: (known?.version ?? 0) + 1 });
      owner.hintAt(id, known ? 'updated' : 'added');
    },
    remove(id: string): void {
      if (things.delete(id)) owner.hintAt(id, 'removed');
    },
    hintAt(thingId: string, change: 'added' | 'updated' | 'removed'): void {
      if (isSilent) return;
      const id = `hint-${++count}`;
      const sender = { id, correlationId: id, actor: { kind: 'service' as const, name: 'policy' } };
      const context = { ...sender, sentAt: '2026-01-01T00:00:00.000Z' };
      outbox.push(() => void bus?.publish(ThingChanged, { thingId, change }, context));
      publishAll();
    },
    /** What is done meanwhile is hinted at by nothing, as if the broker had lost it. */
    silently(work: () => void): void {
      isSilent = true;
      work();
      isSilent = false;
    },
    /** Answers on this bus from now on, as a new process of the owner would; with `pagesIds`, wrongly. */
    async serveOn(next: Bus, { pagesIds = false } = {}): Promise<void> {
      bus = next;
      publishAll();
      await next.serve('policy', [
        answers(ReadThings, async ({ payload }) => {
          owner.asked.push(payload);
          const reply = read(payload);
          return { ok: true, reply: pagesIds && payload.ids ? { items: [], next: 'more' } : reply };
        }),
      ]);
    },
    leave(): void {
      bus = undefined;
    },
  };

  function publishAll(): void {
    if (bus) for (const publish of outbox.splice(0)) publish();
  }

  function read({ ids, limit, cursor }: ReadRequest): { items: Thing[]; next: string | null } {
    if (ids) return { items: ids.flatMap((id) => things.get(id) ?? []), next: null };
    const following = owner.all().filter(({ id }) => cursor === undefined || id > cursor);
    const items = following.slice(0, Math.min(limit, pageSize));
    return { items, next: following.length > items.length ? (items.at(-1)?.id ?? null) : null };
  }

  return owner;
}
