import { expect, it } from 'vitest';
import { DEMO_SCENARIOS } from './adapters/scenarios.ts';
import { onVf, vmsUnderTest } from './testing/vms-under-test.ts';

/** A domain is there for less time than changes need to settle before a watcher is called. */
const QUICK = { ...DEMO_SCENARIOS.alpha, timeScale: 0.05 };

/** What is told before the domain is there, and after. */
const WITHOUT_DOMAIN = { domains: [], fences: [{ fence: 1, cleaned: false }] };

it('F36: a domain that dies right after its start was told of is told to be gone', async () => {
  const agent = vmsUnderTest({ scenario: QUICK });
  await agent.start();
  await agent.floor(0);
  await agent.startVm([onVf(0, 1)]);
  await agent.requestDomains();
  expect(agent.reportsOfDomains().at(-1)).toMatchObject(WITHOUT_DOMAIN);
  const { sequence, domain } = await agent.outcomeOf('start vm1 1');
  expect(domain).toBe('running');
  await agent.machine.killDomain('vm1');
  await agent.until(() => (agent.reportsOfDomains().at(-1)?.sequence ?? 0) > sequence, 10_000);
  expect(agent.reportsOfDomains().at(-1)).toMatchObject(WITHOUT_DOMAIN);
  await agent.close();
});
