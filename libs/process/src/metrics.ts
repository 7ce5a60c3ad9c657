import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry for one process with Node's own figures (CPU, memory, event loop lag), each labelled with the service. */
export function makeMetrics({ service }: { service: string }): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}
