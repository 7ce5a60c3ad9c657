import { describe, expect, it } from 'vitest';
import {
  claimOf,
  expectUntouched,
  failedWith,
  onBridge,
  onVf,
  readyAgent,
  vfAt,
  vmsUnderTest,
} from './testing/vms-under-test.ts';

describe('late prepare: a start-vm that is delivered', () => {
  it('after clean-vfs of its fence is refused, and again when it comes again', async () => {
    const agent = await readyAgent();
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
    const agent = await readyAgent();
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
    const agent = await readyAgent();
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
    const agent = await readyAgent();
    await agent.clean(claimOf(0, 5));
    await agent.cleanOutcome(claimOf(0, 5));
    await agent.startVm([onVf(0, 4)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('FENCE_OUTDATED'));
    await expectUntouched(agent);
  });

  it.each([{ interfaces: [onVf(0, 1)] }, { interfaces: [onBridge('b1')] }, { interfaces: [] }])(
    'after stop-vm of its attempt is refused: $interfaces.length interfaces',
    async ({ interfaces }) => {
      const agent = await readyAgent();
      await agent.stopVm();
      expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ outcome: { result: 'done' }, domain: 'gone' });
      await agent.startVm(interfaces);
      expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ ...failedWith('ATTEMPT_OVER'), domain: 'gone' });
      await expectUntouched(agent);
    },
  );

  it('of an attempt below the highest is refused, whether that one runs or not', async () => {
    const agent = await readyAgent();
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
    const agent = await readyAgent();
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
    const agent = await readyAgent();
    await agent.startVm([onVf(0, 1)]);
    await agent.outcomeOf('start vm1 1');
    await agent.startVm([onVf(0, 1)], { step: 'other' });
    expect(await agent.outcomeOf('other')).toMatchObject({ outcome: { result: 'done' }, domain: 'running' });
    expect(agent.domains()).toHaveLength(1);
  });

  it('again after its domain has ended starts nothing', async () => {
    const agent = await readyAgent();
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
    const agent = await readyAgent();
    await agent.floor(7);
    await agent.startVm([onVf(0, 7)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('FENCE_BELOW_FLOOR'));
    await agent.startVm([onVf(0, 8)], { attempt: 2 });
    expect(await agent.outcomeOf('start vm1 2')).toMatchObject({ outcome: { result: 'done' } });
  });

  it('after a lower floor came late is judged by the highest', async () => {
    const agent = await readyAgent();
    await agent.floor(7);
    await agent.floor(3);
    await agent.startVm([onVf(0, 5)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('FENCE_BELOW_FLOOR'));
  });

  it('after a restart of the agent is judged by the highest floor it was ever told', async () => {
    const agent = await readyAgent();
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
    const agent = await readyAgent();
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
