import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import type { BusFaults } from '../memory/faults.ts';
import { type MemoryBus, memoryBroker } from '../memory.ts';
import { type ReadModel, startReadModel } from '../read-model.ts';
import type { Change } from '../read-model-answers.ts';
import { followedOwner, OWNER_TOPOLOGY, ReadThings, type Thing, ThingChanged } from './followed-owner.ts';

/** The things of the model, looked up by every id the owner ever gave out: nothing may be there that is not. */
export function seen(model: ReadModel<Thing>, owner: { everUsed(): string[] }): Thing[] {
  const things = owner.everUsed().flatMap((id) => model.get(id) ?? []);
  return things.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** An owner and its follower on a memory bus and a virtual clock; both may die and start again. */
export function followingWorld({
  faults,
  pageSize,
  tickMs = 30_000,
  atOnce = 500,
  changed = () => undefined,
  kept = (thing) => thing,
}: {
  faults?: BusFaults;
  pageSize?: number;
  tickMs?: number;
  atOnce?: number;
  changed?: (change: Change<Thing>) => void;
  kept?: (thing: Thing) => Thing;
} = {}) {
  const clock = virtualClock();
  const broker = memoryBroker({ clock, log: silentLog, faults, topology: OWNER_TOPOLOGY });
  const owner = followedOwner({ pageSize });
  let asks = 0;
  let ownerBus: MemoryBus | undefined;
  let followerBus: MemoryBus | undefined;
  return {
    clock,
    idle: broker.idle,
    crash: broker.crash,
    async follow() {
      followerBus = broker.connect();
      const surroundings = { bus: followerBus, clock, log: silentLog, newId: () => `ask-${++asks}` };
      const settings = { snapshotEveryMs: tickMs, askWithinMs: 5000, atOnce };
      return startReadModel(
        { query: ReadThings, event: ThingChanged, idOf: ({ thingId }) => thingId },
        { ...surroundings, follower: 'inventory', changed, kept, settings },
      );
    },
    stopFollowing: () => followerBus?.die(),
    owner: {
      ...owner,
      async start(how?: { pagesIds: boolean }) {
        if (ownerBus) return;
        ownerBus = broker.connect();
        await owner.serveOn(ownerBus, how);
      },
      die() {
        ownerBus?.die();
        ownerBus = undefined;
        owner.leave();
      },
    },
  };
}
