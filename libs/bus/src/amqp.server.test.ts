import { silentLog } from '@vfleet/process/log';
import { amqpBus } from './amqp.ts';
import type { Bus } from './bus.ts';
import { busConformance } from './conformance.ts';
import { onBroker, remove } from './testing/broker-under-test.ts';
import { type SeverableProxy, severableProxy } from './testing/severable-proxy.ts';

onBroker('the AMQP bus', (url) => {
  busConformance('the AMQP bus', async ({ topology, clock, settings }) => {
    const proxies = new Map<Bus, SeverableProxy>();
    return {
      async connect(role) {
        const proxy = await severableProxy(url);
        const bus = await amqpBus({ url: proxy.url, clock, log: silentLog, role, topology, settings });
        proxies.set(bus, proxy);
        return bus;
      },
      async kill(bus) {
        await proxies.get(bus)?.close();
      },
      async close() {
        const closed = Promise.all([...proxies.keys()].map((bus) => bus.close()));
        let ended = false;
        void closed.finally(() => {
          ended = true;
        });
        while (!ended) await clock.advance(1_000);
        await closed;
        await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
        await remove(url, topology);
      },
    };
  });
});
