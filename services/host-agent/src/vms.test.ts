import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { describe, expect, it } from 'vitest';
import { claimOf, done, failedWith, onBridge, onVf, readyAgent, runningAgent, vfAt } from './testing/vms-under-test.ts';

describe('a VM', () => {
  it('is started with its VFs prepared and fenced, stopped, and its VFs given back', async () => {
    const agent = await readyAgent();
    const before = agent.settings(0);
    await agent.startVm([onVf(0, 1, { properties: { ...NO_VF_PROPERTIES, trust: true, max_tx_rate: 500 } })]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({
      ...done,
      ...{ domain: 'running', attached: [{ vnicId: 'vnic-0' }] },
    });
    expect(agent.domains()).toMatchObject([{ vmId: 'vm1', state: 'running', attempt: 1 }]);
    expect(agent.settings(0)).toMatchObject({ mac: '52:54:00:00:00:00', vlanId: 100, trust: true, maxTxRate: 500 });
    expect(await agent.state.fence(vfAt(0))).toMatchObject({ fence: 1, claimId: 'k-0-1', cleaned: false });

    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'held', by: 'domain vm1' });
    await agent.stopVm();
    expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ ...done, domain: 'gone' });
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1), 2)).toEqual({ result: 'clean' });
    expect(agent.settings(0)).toEqual(before);
    expect(await agent.driverOf(0)).toBe('igbvf');
    await agent.requestDomains();
    expect(agent.reportsOfDomains().at(-1)).toMatchObject({ domains: [], fences: [{ fence: 1, cleaned: true }] });
  });

  it.each([
    { slow: 'pins so much memory that its start takes long', on: 'start vm1 1' },
    { slow: 'gives so much memory back that its end takes long', on: 'stop vm1 1' },
  ])('is waited for when it $slow', async ({ on }) => {
    const agent = await readyAgent();
    const slow = { kind: 'guest-slow', vmId: 'vm1', ms: 75_000 } as const;
    const end = on.startsWith('start') ? agent.machine.inject(slow) : () => {};
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(done);
    end();
    if (on.startsWith('stop')) agent.machine.inject(slow);
    await agent.stopVm({ force: true });
    expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ ...done, domain: 'gone' });
  });

  it('has what libvirt set otherwise set again before it runs (VLAN QoS)', async () => {
    const agent = await runningAgent(onVf(0, 1, { properties: { ...NO_VF_PROPERTIES, vlan_qos: 5 } }));
    expect(agent.settings(0)).toMatchObject({ vlanId: 100, vlanQos: 5 });
  });

  it('F46: with several VFs has the settings of each on the right one', async () => {
    const other = { network: { id: 'n2', name: 'blue', vlanId: 200, mtu: 1500 } };
    const agent = await runningAgent(onVf(2, 1), onVf(0, 2, other), onBridge('b1'), onVf(3, 3, { network: null }));
    expect([0, 2, 3].map((vf) => agent.settings(vf))).toMatchObject([
      { mac: '52:54:00:00:00:00', vlanId: 200 },
      { mac: '52:54:00:00:00:02', vlanId: 100 },
      { mac: '52:54:00:00:00:03', vlanId: 0 },
    ]);
    expect((await agent.outcomeOf('start vm1 1')).attached).toHaveLength(4);
  });

  it('that is slow keeps no other waiting', async () => {
    const agent = await readyAgent();
    agent.machine.inject({ kind: 'guest-slow', vmId: 'vm1', ms: 30_000 });
    const began = agent.clock.now();
    await agent.startVm([onVf(0, 1)]);
    await agent.startVm([onVf(1, 2)], { vm: 'vm2' });
    expect(await agent.outcomeOf('start vm2 1')).toMatchObject(done);
    expect(agent.clock.now() - began).toBeLessThan(30_000);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(done);
  });

  it('of an earlier attempt that still runs is not started beside itself', async () => {
    const agent = await runningAgent(onVf(0, 1));
    await agent.startVm([onVf(1, 2)], { attempt: 2 });
    expect(await agent.outcomeOf('start vm1 2')).toMatchObject({ ...failedWith('DOMAIN_RUNS'), domain: 'running' });
    await agent.stopVm({ attempt: 2 });
    expect(await agent.outcomeOf('stop vm1 2')).toMatchObject({ ...done, domain: 'gone' });
  });
});

describe('a stop', () => {
  it('powers a guest off that does not shut down in time', async () => {
    const agent = await runningAgent(onVf(0, 1));
    agent.machine.inject({ kind: 'guest-ignores-shutdown' });
    const began = agent.clock.now();
    await agent.stopVm();
    expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ ...done, domain: 'gone' });
    expect(agent.clock.now() - began).toBeGreaterThanOrEqual(60_000);
  });

  it('with force waits for no guest, nor does one under way then', async () => {
    const agent = await runningAgent(onVf(0, 1));
    agent.machine.inject({ kind: 'guest-ignores-shutdown' });
    const began = agent.clock.now();
    await agent.stopVm();
    await agent.clock.advance(5_000);
    await agent.stopVm({ force: true, step: 'now' });
    expect(await agent.outcomeOf('now')).toMatchObject({ ...done, domain: 'gone' });
    expect(await agent.outcomeOf('stop vm1 1')).toMatchObject(done);
    expect(agent.clock.now() - began).toBeLessThan(20_000);
  });

  it('that fails is tried again when it comes again', async () => {
    const agent = await runningAgent(onVf(0, 1));
    agent.machine.inject({ kind: 'destroy-fails', message: 'device busy' });
    await agent.stopVm({ force: true });
    expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ ...failedWith('DOMAIN_NOT_ENDED'), domain: 'running' });
    await agent.stopVm({ force: true });
    expect(await agent.outcomeOf('stop vm1 1', 2)).toMatchObject({ ...done, domain: 'gone' });
  });
});

it('that closes in the middle of a start leaves it to the next process, which undoes it', async () => {
  const agent = await readyAgent();
  agent.machine.inject({ kind: 'guest-slow', vmId: 'vm1', ms: 3_000 });
  await agent.startVm([onVf(0, 1)]);
  await agent.clock.advance(1_000);
  await agent.close();
  expect(agent.outcomes()).toEqual([]);
  await agent.start();
  expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ ...failedWith('INTERRUPTED'), domain: 'gone' });
  expect(agent.settings(0)).toMatchObject({ vlanId: 0 });
});

it('says with its heartbeat that it knows the floor, and not after contact was lost', async () => {
  const agent = await readyAgent();
  expect(agent.heartbeats().at(0)).toMatchObject({ fenceFloor: null });
  expect(agent.heartbeats().at(-1)).toMatchObject({ fenceFloor: 0 });
  agent.bus.cut();
  agent.bus.mend();
  expect(agent.heartbeats().at(-1)).toMatchObject({ fenceFloor: null });
});

it('tells an outcome again that was not confirmed, as the same fact', async () => {
  const agent = await runningAgent(onVf(0, 1));
  await agent.clock.advance(1_000);
  agent.bus.loseConfirms();
  await agent.startVm([onVf(0, 1)]);
  const second = await agent.outcomeOf('start vm1 1', 2);
  agent.bus.mend();
  expect(await agent.outcomeOf('start vm1 1', 3)).toEqual(second);
});
