import { silentLog } from '@vfleet/process/log';
import { busConformance } from './conformance.ts';
import { type MemoryBus, memoryBroker } from './memory.ts';

busConformance('the memory bus', async ({ topology, clock, settings }) => {
  const broker = memoryBroker({ clock, log: silentLog, topology, settings });
  const buses = new Set<MemoryBus>();
  return {
    async connect() {
      const bus = broker.connect();
      buses.add(bus);
      return bus;
    },
    async kill(bus) {
      (bus as MemoryBus).die();
    },
    async close() {
      for (const bus of buses) bus.die();
    },
  };
});
