import { describe, expect, it } from 'vitest';
import {
  claimOf,
  expectUntouched,
  failedWith,
  onVf,
  readyAgent,
  runningAgent,
  vfAt,
} from './testing/vms-under-test.ts';

describe('late prepare: an attach-vnics that is delivered', () => {
  it('after clean-vfs of its fence is refused, and the VM runs on', async () => {
    const agent = await runningAgent(onVf(0, 1));
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
    const agent = await runningAgent(onVf(0, 1));
    await agent.startVm([onVf(1, 9)], { vm: 'vm2' });
    await agent.outcomeOf('start vm2 1');
    await agent.attach([onVf(1, 2)]);
    expect(await agent.outcomeOf('attach')).toMatchObject(failedWith('FENCE_OUTDATED'));
    expect(agent.domains()).toHaveLength(2);
    expect(agent.settings(1).mac).toBe('52:54:00:00:00:01');
  });

  it('after stop-vm of its attempt is refused', async () => {
    const agent = await runningAgent(onVf(0, 1));
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    await agent.attach([onVf(1, 2)]);
    expect(await agent.outcomeOf('attach')).toMatchObject({ ...failedWith('ATTEMPT_OVER'), domain: 'gone' });
    await expectUntouched(agent, 1);
  });

  it('twice plugs once, and is answered alike', async () => {
    const agent = await runningAgent(onVf(0, 1));
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
    const agent = await runningAgent(onVf(0, 1));
    await agent.floor(2);
    await agent.attach([onVf(1, 2)]);
    expect(await agent.outcomeOf('attach')).toMatchObject({ ...failedWith('FENCE_BELOW_FLOOR'), domain: 'running' });
  });

  it('before the floor is known is refused for good', async () => {
    const agent = await runningAgent(onVf(0, 1));
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
    const agent = await readyAgent();
    agent.machine.inject({ kind: 'guest-slow', vmId: 'vm1', ms: 5_000 });
    await agent.startVm([onVf(0, 1)]);
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toMatchObject({ result: 'held' });
    expect(agent.outcomes()).toEqual([]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ outcome: { result: 'done' } });
    expect(agent.settings(0)).toMatchObject({ vlanId: 100 });
  });

  it('F43: after a later claim holds the VF is proven without touching it', async () => {
    const agent = await readyAgent();
    await agent.startVm([onVf(0, 2)]);
    await agent.outcomeOf('start vm1 1');
    const settings = agent.settings(0);
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'clean' });
    expect(agent.settings(0)).toEqual(settings);
    expect(await agent.state.fence(vfAt(0))).toMatchObject({ fence: 2, cleaned: false });
  });

  it('for a VF that is not there is proven', async () => {
    const agent = await readyAgent();
    await agent.clean(claimOf(6, 1));
    expect(await agent.cleanOutcome(claimOf(6, 1))).toEqual({ result: 'clean' });
  });
});
