import { memoryBroker } from '@vfleet/bus/memory';
import type { Log } from '@vfleet/process/log';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { explainInTurn } from '../explain-in-turn.ts';
import { fleetOf } from '../fleet-of.ts';
import { followHosts } from '../follow-hosts.ts';
import { standInInventory } from './stand-in-inventory.ts';

/** The fleet as a scheduler sees it, over a memory bus and a virtual clock. `away`: inventory comes with `arrives`. */
export async function fleetUnderTest({
  inventory: state = 'there',
  log = {},
}: {
  inventory?: 'away' | 'there';
  log?: Partial<Log>;
} = {}) {
  const clock = virtualClock();
  const broker = memoryBroker({ clock, log: silentLog });
  const bus = broker.connect();
  const inventory = standInInventory();
  const arrives = () => inventory.startOn(broker.connect());
  if (state === 'there') await arrives();
  let ids = 0;
  const deps = { bus, clock, log: { ...silentLog, ...log }, newId: () => `id-${++ids}` };
  const hosts = await followHosts(deps);
  const explain = explainInTurn({ pause: () => Promise.resolve() });
  await broker.idle();
  return {
    ...{ clock, hosts, inventory, arrives, explain, deps },
    fleet: fleetOf({ ...deps, hosts, explain }),
    idle: broker.idle,
    close: hosts.close,
  };
}
