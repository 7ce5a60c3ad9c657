import { describe, expect, it } from 'vitest';
import { claimOf, onBridge, onVf, type VmsUnderTest, vfAt, vmsUnderTest } from './testing/vms-under-test.ts';

/** An agent that knows its floor, and how its VFs and VMs are before anything late comes. */
async function ready(): Promise<VmsUnderTest> {
  const agent = vmsUnderTest();
  await agent.start();
  await agent.floor(0);
  return agent;
}

async function expectUntouched(agent: VmsUnderTest, vf = 0): Promise<void> {
  expect(
    agent.domains().filter(({ interfaces }) => interfaces.some((each) => each.vf?.pciAddress === vfAt(vf))),
  ).toEqual([]);
  expect(agent.settings(vf)).toMatchObject({ vlanId: 0 });
  expect(await agent.driverOf(vf)).toBe('igbvf');
}

function failedWith(code: string) {
  return { outcome: { result: 'failed', failure: { code } } };
}

describe('late prepare: a start-vm that is delivered', () => {
  it('after clean-vfs of its fence is refused, and again when it comes again', async () => {
    const agent = await ready();
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'clean' });
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ ...failedWith('FENCE_CLEANED'), domain: 'gone' });
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1', 2)).toMatchObject({ ...failedWith('FENCE_CLEANED'), domain: 'gone' });
    await expectUntouched(agent);
    expect(await agent.state.fence(vfAt(0))).toMatchObject({ fence: 1, cleaned: true });
  });

  it('after it ran and its VF was cleaned is refused', async () => {
    const agent = await ready();
    await agent.startVm([onVf(0, 1)]);
    await agent.outcomeOf('start vm1 1');
    await agent.machine.killDomain('vm1');
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'clean' });
    await agent.startVm([onVf(0, 1)], { attempt: 2, step: 'late' });
    expect(await agent.outcomeOf('late')).toMatchObject(failedWith('FENCE_CLEANED'));
    await expectUntouched(agent);
  });

  it('after a higher fence was prepared is refused, and the later VM keeps the VF', async () => {
    const agent = await ready();
    await agent.startVm([onVf(0, 2)], { vm: 'vm2' });
    await agent.outcomeOf('start vm2 1');
    const settings = agent.settings(0);
    await agent.startVm([onVf(0, 1)]);
    const { outcome } = await agent.outcomeOf('start vm1 1');
    expect(outcome).toMatchObject({ result: 'failed', failure: { code: 'FENCE_OUTDATED' } });
    expect(outcome).toMatchObject({ failure: { cause: expect.stringContaining('held by domain vm2') } });
    expect(agent.domains()).toMatchObject([{ vmId: 'vm2', state: 'running' }]);
    expect(agent.settings(0)).toEqual(settings);
    expect(await agent.state.fence(vfAt(0))).toMatchObject({ fence: 2, cleaned: false });
  });

  it('after a higher fence was cleaned is refused', async () => {
    const agent = await ready();
    await agent.clean(claimOf(0, 5));
    await agent.cleanOutcome(claimOf(0, 5));
    await agent.startVm([onVf(0, 4)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('FENCE_OUTDATED'));
    await expectUntouched(agent);
  });

  it.each([{ interfaces: [onVf(0, 1)] }, { interfaces: [onBridge('b1')] }, { interfaces: [] }])(
    'after stop-vm of its attempt is refused: $interfaces.length interfaces',
    async ({ interfaces }) => {
      const agent = await ready();
      await agent.stopVm();
      expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ outcome: { result: 'done' }, domain: 'gone' });
      await agent.startVm(interfaces);
      expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ ...failedWith('ATTEMPT_OVER'), domain: 'gone' });
      await expectUntouched(agent);
    },
  );

  it('of an attempt below the highest is refused, whether that one runs or not', async () => {
    const agent = await ready();
    await agent.stopVm({ attempt: 3 });
    await agent.outcomeOf('stop vm1 3');
    await agent.startVm([onVf(0, 1)], { attempt: 2 });
    expect(await agent.outcomeOf('start vm1 2')).toMatchObject(failedWith('OUTDATED'));
    await agent.startVm([onVf(0, 2)], { attempt: 4 });
    expect(await agent.outcomeOf('start vm1 4')).toMatchObject({ outcome: { result: 'done' } });
    await agent.startVm([onVf(0, 3)], { attempt: 3, step: 'late' });
    expect(await agent.outcomeOf('late')).toMatchObject({ ...failedWith('OUTDATED'), domain: 'running' });
    expect(agent.domains()).toMatchObject([{ vmId: 'vm1', attempt: 4 }]);
  });

  it('twice starts one domain, and is answered alike', async () => {
    const agent = await ready();
    await agent.startVm([onVf(0, 1)]);
    await agent.startVm([onVf(0, 1)]);
    const first = await agent.outcomeOf('start vm1 1');
    await agent.startVm([onVf(0, 1)]);
    const { sequence, ...again } = await agent.outcomeOf('start vm1 1', 2);
    expect(again).toEqual({ ...first, sequence: undefined });
    expect(sequence).toBeGreaterThan(first.sequence);
    expect(agent.domains()).toHaveLength(1);
  });

  it('twice, the second as another step, is answered as started', async () => {
    const agent = await ready();
    await agent.startVm([onVf(0, 1)]);
    await agent.outcomeOf('start vm1 1');
    await agent.startVm([onVf(0, 1)], { step: 'other' });
    expect(await agent.outcomeOf('other')).toMatchObject({ outcome: { result: 'done' }, domain: 'running' });
    expect(agent.domains()).toHaveLength(1);
  });

  it('again after its domain has ended starts nothing', async () => {
    const agent = await ready();
    await agent.startVm([onVf(0, 1)]);
    await agent.outcomeOf('start vm1 1');
    await agent.machine.killDomain('vm1');
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1', 2)).toMatchObject({ ...failedWith('DOMAIN_ENDED'), domain: 'gone' });
    await agent.startVm([onVf(0, 1)], { step: 'other' });
    expect(await agent.outcomeOf('other')).toMatchObject({ ...failedWith('DOMAIN_ENDED'), domain: 'gone' });
    expect(agent.domains()).toEqual([]);
  });

  it('with a fence at or below the floor is refused', async () => {
    const agent = await ready();
    await agent.floor(7);
    await agent.startVm([onVf(0, 7)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('FENCE_BELOW_FLOOR'));
    await agent.startVm([onVf(0, 8)], { attempt: 2 });
    expect(await agent.outcomeOf('start vm1 2')).toMatchObject({ outcome: { result: 'done' } });
  });

  it('after a lower floor came late is judged by the highest', async () => {
    const agent = await ready();
    await agent.floor(7);
    await agent.floor(3);
    await agent.startVm([onVf(0, 5)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('FENCE_BELOW_FLOOR'));
  });

  it('after a restart of the agent is judged by the highest floor it was ever told', async () => {
    const agent = await ready();
    await agent.floor(7);
    agent.kill();
    await agent.start();
    await agent.floor(0);
    await agent.startVm([onVf(0, 5)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('FENCE_BELOW_FLOOR'));
  });

  it('before the floor is known waits for it', async () => {
    const agent = vmsUnderTest();
    await agent.start();
    await agent.startVm([onVf(0, 1)]);
    await agent.clock.advance(5_000);
    expect(agent.outcomes()).toEqual([]);
    await expectUntouched(agent);
    await agent.floor(0);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ outcome: { result: 'done' } });
  });

  it('and whose floor never becomes known is refused for good', async () => {
    const agent = vmsUnderTest();
    await agent.start();
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ ...failedWith('NO_FENCE_FLOOR'), domain: 'gone' });
    await agent.floor(0);
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1', 2)).toMatchObject(failedWith('NO_FENCE_FLOOR'));
    await expectUntouched(agent);
  });

  it('after contact was lost and gained waits for the floor anew', async () => {
    const agent = await ready();
    agent.bus.cut();
    agent.bus.mend();
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('NO_FENCE_FLOOR'));
  });

  it('without a VF needs no floor', async () => {
    const agent = vmsUnderTest();
    await agent.start();
    await agent.startVm([onBridge('b1')]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ outcome: { result: 'done' }, domain: 'running' });
  });
});

describe('late prepare: an attach-vnics that is delivered', () => {
  async function running(): Promise<VmsUnderTest> {
    const agent = await ready();
    await agent.startVm([onVf(0, 1)]);
    await agent.outcomeOf('start vm1 1');
    return agent;
  }

  it('after clean-vfs of its fence is refused, and the VM runs on', async () => {
    const agent = await running();
    await agent.clean(claimOf(1, 2));
    await agent.cleanOutcome(claimOf(1, 2));
    await agent.attach([onVf(1, 2)]);
    expect(await agent.outcomeOf('attach')).toMatchObject({
      ...failedWith('FENCE_CLEANED'),
      domain: 'running',
      attached: [{ vnicId: 'vnic-0' }],
    });
    await expectUntouched(agent, 1);
  });

  it('after a higher fence is refused', async () => {
    const agent = await running();
    await agent.startVm([onVf(1, 9)], { vm: 'vm2' });
    await agent.outcomeOf('start vm2 1');
    await agent.attach([onVf(1, 2)]);
    expect(await agent.outcomeOf('attach')).toMatchObject(failedWith('FENCE_OUTDATED'));
    expect(agent.domains()).toHaveLength(2);
    expect(agent.settings(1).mac).toBe('52:54:00:00:00:01');
  });

  it('after stop-vm of its attempt is refused', async () => {
    const agent = await running();
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    await agent.attach([onVf(1, 2)]);
    expect(await agent.outcomeOf('attach')).toMatchObject({ ...failedWith('ATTEMPT_OVER'), domain: 'gone' });
    await expectUntouched(agent, 1);
  });

  it('twice plugs once, and is answered alike', async () => {
    const agent = await running();
    await agent.attach([onVf(1, 2)]);
    const first = await agent.outcomeOf('attach');
    expect(first).toMatchObject({
      outcome: { result: 'done' },
      attached: [{ vnicId: 'vnic-0' }, { vnicId: 'vnic-1' }],
    });
    await agent.attach([onVf(1, 2)]);
    expect(await agent.outcomeOf('attach', 2)).toEqual({ ...first, sequence: expect.any(Number) });
  });

  it('with a fence at or below the floor is refused', async () => {
    const agent = await running();
    await agent.floor(2);
    await agent.attach([onVf(1, 2)]);
    expect(await agent.outcomeOf('attach')).toMatchObject({ ...failedWith('FENCE_BELOW_FLOOR'), domain: 'running' });
  });

  it('before the floor is known is refused for good', async () => {
    const agent = await running();
    agent.kill();
    await agent.start();
    await agent.attach([onVf(1, 2)]);
    expect(await agent.outcomeOf('attach')).toMatchObject(failedWith('NO_FENCE_FLOOR'));
    await agent.floor(0);
    await agent.attach([onVf(1, 2)]);
    expect(await agent.outcomeOf('attach', 2)).toMatchObject(failedWith('NO_FENCE_FLOOR'));
    await expectUntouched(agent, 1);
  });
});

describe('late prepare: a clean-vfs that is delivered', () => {
  it('while its VF is prepared for a VM says so, and touches nothing', async () => {
    const agent = await ready();
    agent.machine.inject({ kind: 'guest-slow', vmId: 'vm1', ms: 5_000 });
    await agent.startVm([onVf(0, 1)]);
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toMatchObject({ result: 'held' });
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ outcome: { result: 'done' } });
    expect(agent.settings(0)).toMatchObject({ vlanId: 100 });
  });

  it('F43: after a later claim holds the VF is proven without touching it', async () => {
    const agent = await ready();
    await agent.startVm([onVf(0, 2)]);
    await agent.outcomeOf('start vm1 1');
    const settings = agent.settings(0);
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'clean' });
    expect(agent.settings(0)).toEqual(settings);
    expect(await agent.state.fence(vfAt(0))).toMatchObject({ fence: 2, cleaned: false });
  });

  it('for a VF that is not there is proven', async () => {
    const agent = await ready();
    await agent.clean(claimOf(6, 1));
    expect(await agent.cleanOutcome(claimOf(6, 1))).toEqual({ result: 'clean' });
  });
});
