import { expect, it } from 'vitest';
import { claimOf, onVf, vfAt, vmsUnderTest } from './testing/vms-under-test.ts';

async function ready(options: Parameters<typeof vmsUnderTest>[0] = {}) {
  const agent = vmsUnderTest(options);
  await agent.start();
  await agent.floor(0);
  return agent;
}

it('starts a VM with its VFs prepared, keeps their fences, and stops and cleans it', async () => {
  const agent = await ready();
  const before = agent.settings(0);
  await agent.startVm([onVf(0, 1)]);
  expect(await agent.outcomeOf('start vm1 1')).toMatchObject({
    outcome: { result: 'done' },
    domain: 'running',
    attached: [{ vnicId: 'vnic-0' }],
  });
  expect(agent.domains()).toMatchObject([{ vmId: 'vm1', state: 'running', attempt: 1 }]);
  expect(agent.settings(0)).toMatchObject({ mac: '52:54:00:00:00:00', vlanId: 100 });
  expect(await agent.state.fence(vfAt(0))).toMatchObject({ fence: 1, claimId: 'k-0-1', cleaned: false });

  await agent.clean(claimOf(0, 1));
  expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'held', by: 'domain vm1' });
  await agent.stopVm();
  expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ outcome: { result: 'done' }, domain: 'gone' });
  await agent.clean(claimOf(0, 1));
  expect(await agent.cleanOutcome(claimOf(0, 1), 2)).toEqual({ result: 'clean' });
  expect(agent.settings(0)).toEqual(before);
  expect(await agent.driverOf(0)).toBe('igbvf');
  expect(agent.reportsOfDomains().at(-1)).toMatchObject({ domains: [], fences: [{ fence: 1, cleaned: true }] });
});

it('says with its heartbeat that it knows the floor, and not after contact was lost', async () => {
  const agent = await ready();
  expect(agent.heartbeats().at(0)).toMatchObject({ fenceFloor: null });
  expect(agent.heartbeats().at(-1)).toMatchObject({ fenceFloor: 0 });
  agent.bus.cut();
  agent.bus.mend();
  expect(agent.heartbeats().at(-1)).toMatchObject({ fenceFloor: null });
});
