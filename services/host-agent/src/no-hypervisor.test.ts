import { expect, it } from 'vitest';
import { BOOT, ofRun, preparedFence } from './testing/vm-seen.ts';
import { claimOf, onVf, vfAt, vmsUnderTest } from './testing/vms-under-test.ts';

async function withoutGuests() {
  const agent = vmsUnderTest({ hasGuests: false });
  await agent.start();
  await agent.floor(0);
  return agent;
}

it('refuses every step of a VM with a remedy, and stops what was never started', async () => {
  const agent = await withoutGuests();
  await agent.startVm([onVf(0, 1)]);
  expect(await agent.outcomeOf('start vm1 1')).toMatchObject({
    outcome: { failure: { code: 'NO_HYPERVISOR', remedy: expect.stringContaining('libvirt') } },
    domain: 'gone',
  });
  await agent.stopVm();
  expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ outcome: { result: 'done' }, domain: 'gone' });
  expect(agent.reportsOfDomains().at(-1)).toMatchObject({ domains: [], fences: [] });
});

it('records VFs as clean that nobody prepared in this boot, and no others', async () => {
  const agent = await withoutGuests();
  await agent.state.keepFence(vfAt(1), preparedFence(1, 2, { machineBoot: await agent.machine.bootId() }));
  await agent.state.keepFence(vfAt(2), preparedFence(2, 3, { machineBoot: BOOT }));
  await agent.clean(claimOf(0, 1), claimOf(1, 2), claimOf(2, 3));
  expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'clean' });
  expect(await agent.cleanOutcome(claimOf(1, 2))).toMatchObject({
    result: 'dirty',
    failure: { code: 'NO_HYPERVISOR' },
  });
  expect(await agent.cleanOutcome(claimOf(2, 3))).toEqual({ result: 'clean' });
});

it('does not say that nothing runs while a record tells of a VM in this boot', async () => {
  const agent = vmsUnderTest({ hasGuests: false });
  const { placementId, attempt, vm } = ofRun('s1');
  const machineBoot = await agent.machine.bootId();
  await agent.state.keepVm({ placementId, attempt, vm, machineBoot, state: 'running', open: null, ended: [] });
  await agent.start();
  await agent.clock.advance(5_000);
  expect(agent.reportsOfDomains()).toEqual([]);
  expect(await agent.problems()).toEqual([expect.stringContaining('no hypervisor is driven')]);
  await agent.stopVm();
  expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ outcome: { result: 'failed' }, domain: 'unknown' });
});
