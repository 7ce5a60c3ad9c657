import { expect, it } from 'vitest';
import { makeMetrics } from './metrics.ts';

it("shows the process's own figures under its name, apart from any other registry", async () => {
  const text = await makeMetrics({ service: 'inventory' }).metrics();
  expect(text).toMatch(/^process_resident_memory_bytes\{service="inventory"\} \d+/m);
  expect(await makeMetrics({ service: 'gateway' }).metrics()).not.toContain('inventory');
});
