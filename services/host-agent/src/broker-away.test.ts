import { DomainsReported } from '@vfleet/contracts/host-agent-vms';
import { expect, it } from 'vitest';
import { onVf, runningAgent, vfAt } from './testing/vms-under-test.ts';

const HOURS = 6;
const MINUTE_MS = 60_000;

it('survives the broker being away for hours, and tells the latest state when it is back, not a backlog', async () => {
  const agent = await runningAgent(onVf(0, 1));
  await agent.clock.advance(MINUTE_MS);
  const before = { reports: agent.reports().length, domains: agent.bus.saidOf(DomainsReported).length };
  const said = agent.bus.said.length;

  agent.bus.cut();
  for (let minute = 0; minute < HOURS * 60; minute++) {
    agent.machine.hold(vfAt(1), { kind: 'bridge', name: `br${minute}` });
    if (minute === 100) agent.machine.killDomain('vm1');
    await agent.clock.advance(MINUTE_MS);
  }
  expect(agent.bus.said).toHaveLength(said);
  expect(await agent.problems()).toEqual(['there is no contact with the message broker']);

  agent.bus.mend();
  await agent.clock.advance(10_000);
  expect(agent.reports()).toHaveLength(before.reports + 1);
  const bridge = `br${HOURS * 60 - 1}`;
  expect(agent.lastReport()?.nics.find(({ pciAddress }) => pciAddress === vfAt(1))?.master).toBe(bridge);
  const domains = agent.bus.saidOf(DomainsReported).slice(before.domains);
  expect(domains.map((each) => each.domains)).toEqual([[]]);
  expect(await agent.problems()).toEqual([]);
});
