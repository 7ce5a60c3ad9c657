import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { describe, expect, it } from 'vitest';
import { DEMO_SCENARIOS } from './adapters/scenarios.ts';
import { PF } from './testing/agent-under-test.ts';
import { claimOf, onBridge, onVf, type VmsUnderTest, vfAt, vmsUnderTest } from './testing/vms-under-test.ts';

async function ready(options: Parameters<typeof vmsUnderTest>[0] = {}): Promise<VmsUnderTest> {
  const agent = vmsUnderTest(options);
  await agent.start();
  await agent.floor(0);
  return agent;
}

async function running(...interfaces: Parameters<VmsUnderTest['startVm']>[0]): Promise<VmsUnderTest> {
  const agent = await ready();
  await agent.startVm(interfaces);
  await agent.outcomeOf('start vm1 1');
  return agent;
}

function failedWith(code: string, cause = '') {
  return { outcome: { result: 'failed', failure: { code, cause: expect.stringContaining(cause) } } };
}

const done = { outcome: { result: 'done' } };

describe('a VM', () => {
  it('is started with its VFs prepared and fenced, stopped, and its VFs given back', async () => {
    const agent = await ready();
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
    expect(agent.reportsOfDomains().at(-1)).toMatchObject({ domains: [], fences: [{ fence: 1, cleaned: true }] });
  });

  it('has what libvirt set otherwise set again before it runs (VLAN QoS)', async () => {
    const agent = await running(onVf(0, 1, { properties: { ...NO_VF_PROPERTIES, vlan_qos: 5 } }));
    expect(agent.settings(0)).toMatchObject({ vlanId: 100, vlanQos: 5 });
  });

  it('F46: with several VFs has the settings of each on the right one', async () => {
    const other = { network: { id: 'n2', name: 'blue', vlanId: 200, mtu: 1500 } };
    const agent = await running(onVf(2, 1), onVf(0, 2, other), onBridge('b1'), onVf(3, 3, { network: null }));
    expect([0, 2, 3].map((vf) => agent.settings(vf))).toMatchObject([
      { mac: '52:54:00:00:00:00', vlanId: 200 },
      { mac: '52:54:00:00:00:02', vlanId: 100 },
      { mac: '52:54:00:00:00:03', vlanId: 0 },
    ]);
    expect((await agent.outcomeOf('start vm1 1')).attached).toHaveLength(4);
  });

  it('that is slow keeps no other waiting', async () => {
    const agent = await ready();
    agent.machine.inject({ kind: 'guest-slow', vmId: 'vm1', ms: 30_000 });
    const began = agent.clock.now();
    await agent.startVm([onVf(0, 1)]);
    await agent.startVm([onVf(1, 2)], { vm: 'vm2' });
    expect(await agent.outcomeOf('start vm2 1')).toMatchObject(done);
    expect(agent.clock.now() - began).toBeLessThan(30_000);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(done);
  });

  it('of an earlier attempt that still runs is not started beside itself', async () => {
    const agent = await running(onVf(0, 1));
    await agent.startVm([onVf(1, 2)], { attempt: 2 });
    expect(await agent.outcomeOf('start vm1 2')).toMatchObject({ ...failedWith('DOMAIN_RUNS'), domain: 'running' });
    await agent.stopVm({ attempt: 2 });
    expect(await agent.outcomeOf('stop vm1 2')).toMatchObject({ ...done, domain: 'gone' });
  });
});

describe('a start that fails leaves nothing but fences', () => {
  it.each([
    { fault: { kind: 'vf-set-errno', pf: PF, property: 'mac', errno: 'EIO' } as const, code: 'EIO' },
    { fault: { kind: 'vf-set-ignored', pf: PF, property: 'vlan' } as const, code: 'NOT_READ_BACK' },
    { fault: { kind: 'vf-set-errno', pf: PF, vf: 1, property: 'vlan', errno: 'EPERM' } as const, code: 'EPERM' },
    { fault: { kind: 'bind-errno', pf: PF, vf: 1, to: 'vfio-pci', errno: 'EINVAL' } as const, code: 'EINVAL' },
    { fault: { kind: 'start-fails', message: 'no such disk' } as const, code: 'DOMAIN_NOT_STARTED' },
    { fault: { kind: 'dies-while-starting' } as const, code: 'VF' },
    { fault: { kind: 'dies-on-resume' } as const, code: 'DOMAIN_NOT_RESUMED' },
    { fault: { kind: 'guest-slow', vmId: 'vm1', ms: 90_000 } as const, code: 'DOMAIN_NOT_STARTED' },
  ])('when $fault.kind', async ({ fault, code }) => {
    const agent = await ready();
    const before = [agent.settings(0), agent.settings(1)];
    const end = agent.machine.inject(fault);
    await agent.startVm([onVf(0, 1), onVf(1, 2)]);
    const ended = await agent.outcomeOf('start vm1 1');
    expect(ended).toMatchObject({ outcome: { result: 'failed' } });
    if (code !== 'VF') expect(ended).toMatchObject(failedWith(code));
    end();
    await agent.stopVm();
    await agent.outcomeOf('stop vm1 1');
    expect(agent.domains()).toEqual([]);
    await agent.clean(claimOf(0, 1), claimOf(1, 2));
    expect(await agent.cleanOutcome(claimOf(1, 2))).toEqual({ result: 'clean' });
    expect([agent.settings(0), agent.settings(1)]).toEqual(before);
    expect([await agent.driverOf(0), await agent.driverOf(1)]).toEqual(['igbvf', 'igbvf']);
    await agent.startVm([onVf(0, 1), onVf(1, 2)]);
    expect(await agent.outcomeOf('start vm1 1', 2)).toMatchObject({ outcome: { result: 'failed' }, domain: 'gone' });
  });

  it('and tells what could not be taken back', async () => {
    const agent = await ready();
    agent.machine.inject({ kind: 'dies-while-starting', afterMs: 600_000 });
    agent.machine.inject({
      kind: 'vf-set-errno',
      pf: PF,
      property: 'mac',
      errno: 'EIO',
      calls: { skip: 1, times: null },
    });
    const end = agent.machine.inject({
      kind: 'bind-errno',
      pf: PF,
      to: 'network',
      errno: 'EBUSY',
      calls: { times: null },
    });
    agent.machine.inject({ kind: 'start-fails', message: 'no such disk' });
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(
      failedWith('DOMAIN_NOT_STARTED', 'Taking it back failed too'),
    );
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toMatchObject({
      result: 'dirty',
      failure: { code: 'NOT_READ_BACK' },
    });
    end();
  });

  it('and names every reason at once', async () => {
    const agent = await ready();
    await agent.clean(claimOf(0, 3));
    await agent.cleanOutcome(claimOf(0, 3));
    await agent.startVm([
      onVf(0, 2),
      onVf(6, 9),
      onVf(1, 4, { network: { id: 'n', name: 'n', vlanId: 4095, mtu: 1500 } }),
    ]);
    const { outcome } = await agent.outcomeOf('start vm1 1');
    expect(outcome).toMatchObject({ failure: { code: 'FENCE_OUTDATED' } });
    const { cause } = (outcome as { failure: { cause: string } }).failure;
    expect(cause).toContain(`no virtual function at ${vfAt(6)}`);
    expect(cause).toContain('VLAN 4095');
  });

  it('while the hypervisor does not answer, and says that it does not know', async () => {
    const agent = await ready();
    const end = agent.machine.inject({ kind: 'libvirt-away' });
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ ...failedWith('HOST_FAULT'), domain: 'unknown' });
    await agent.stopVm();
    expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ ...failedWith('HOST_FAULT'), domain: 'unknown' });
    await agent.until(async () => (await agent.problems())?.length === 1);
    expect(await agent.problems()).toEqual([expect.stringContaining('domains of the host could not be told')]);
    end();
    await agent.stopVm();
    expect(await agent.outcomeOf('stop vm1 1', 2)).toMatchObject({ ...done, domain: 'gone' });
    await agent.clock.advance(2_000);
    expect(await agent.problems()).toEqual([]);
  });

  it('when the number of VFs of its PF is being changed', async () => {
    const agent = await ready();
    agent.machine.inject({ kind: 'hang', pf: PF });
    await agent.want(2);
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('PF_CHANGING'));
    agent.machine.releaseWrite(PF);
  });

  it('when it is stopped meanwhile', async () => {
    const agent = await ready();
    agent.machine.inject({ kind: 'guest-slow', vmId: 'vm1', ms: 10_000 });
    await agent.startVm([onVf(0, 1)]);
    await agent.stopVm();
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ ...failedWith('OVERTAKEN'), domain: 'gone' });
    expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ ...done, domain: 'gone' });
  });
});

describe('a property that the PF does not take', () => {
  const withLinkState = onVf(0, 1, { properties: { ...NO_VF_PROPERTIES, link_state: 'enable' } });

  it('fails the start with cause and remedy, and is reported from then on, also by the next process', async () => {
    const agent = await ready();
    await agent.startVm([withLinkState]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('EOPNOTSUPP', 'do not support it'));
    await agent.until(() => agent.pfReport()?.unsupported.length === 1);
    expect(agent.pfReport()?.unsupported).toEqual(['link_state']);
    agent.kill();
    await agent.start();
    await agent.until(() => agent.reports().length > 0 && agent.pfReport()?.unsupported.length === 1);
  });

  it('is forgotten with another firmware', async () => {
    const agent = await ready();
    await agent.state.keepUnsupported(PF, { driver: 'igb', firmware: 'older', properties: ['trust'] });
    await agent.startVm([withLinkState]);
    await agent.outcomeOf('start vm1 1');
    await agent.until(() => agent.pfReport()?.unsupported.length === 1);
    expect(agent.pfReport()?.unsupported).toEqual(['link_state']);
  });
});

describe('a stop', () => {
  it('powers a guest off that does not shut down in time', async () => {
    const agent = await running(onVf(0, 1));
    agent.machine.inject({ kind: 'guest-ignores-shutdown' });
    const began = agent.clock.now();
    await agent.stopVm();
    expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ ...done, domain: 'gone' });
    expect(agent.clock.now() - began).toBeGreaterThanOrEqual(60_000);
  });

  it('with force waits for no guest, nor does one under way then', async () => {
    const agent = await running(onVf(0, 1));
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
    const agent = await running(onVf(0, 1));
    agent.machine.inject({ kind: 'destroy-fails', message: 'device busy' });
    await agent.stopVm({ force: true });
    expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ ...failedWith('DOMAIN_NOT_ENDED'), domain: 'running' });
    await agent.stopVm({ force: true });
    expect(await agent.outcomeOf('stop vm1 1', 2)).toMatchObject({ ...done, domain: 'gone' });
  });
});

describe('hot plug', () => {
  it('plugs whole or not at all', async () => {
    const agent = await running(onVf(0, 1));
    const before = [agent.settings(1), agent.settings(2)];
    agent.machine.inject({ kind: 'attach-fails', message: 'no free slot', calls: { skip: 1 } });
    await agent.attach([onVf(1, 2), onVf(2, 3)]);
    expect(await agent.outcomeOf('attach')).toMatchObject({
      ...failedWith('NOT_PLUGGED', 'no free slot'),
      ...{ domain: 'running', attached: [{ vnicId: 'vnic-0' }] },
    });
    expect([agent.settings(1), agent.settings(2)]).toMatchObject(before.map(({ vlanId }) => ({ vlanId })));
    await agent.attach([onVf(1, 4), onVf(2, 5)], { step: 'again' });
    expect((await agent.outcomeOf('again')).attached.map(({ vnicId }) => vnicId)).toEqual([
      'vnic-0',
      'vnic-1',
      'vnic-2',
    ]);
  });

  it('leaves what is there as it is, and refuses a vNIC that is there in another form', async () => {
    const agent = await running(onVf(0, 1), onBridge('b1'));
    await agent.attach([onVf(0, 1), onBridge('b1'), onVf(1, 2)]);
    expect(await agent.outcomeOf('attach')).toMatchObject(done);
    await agent.attach(
      [onVf(2, 3, { vnic: { id: 'b1', name: 'b1' } }), onVf(3, 4, { vnic: { id: 'vnic-0', name: 'nic0' } })],
      {
        step: 'other',
      },
    );
    const { outcome, attached } = await agent.outcomeOf('other');
    expect(outcome).toMatchObject({ failure: { code: 'PLUGGED_OTHERWISE', cause: expect.stringContaining(vfAt(0)) } });
    expect(attached).toHaveLength(3);
  });

  it('unplugs, and the VF can be cleaned while the VM runs', async () => {
    const agent = await running(onVf(0, 1), onVf(1, 2));
    await agent.detach(['vnic-1']);
    expect(await agent.outcomeOf('detach')).toMatchObject({
      ...done,
      domain: 'running',
      attached: [{ vnicId: 'vnic-0' }],
    });
    await agent.clean(claimOf(0, 1), claimOf(1, 2));
    expect(await agent.cleanOutcome(claimOf(1, 2))).toEqual({ result: 'clean' });
    expect(await agent.cleanOutcome(claimOf(0, 1))).toMatchObject({ result: 'held' });
    expect(await agent.driverOf(1)).toBe('igbvf');
  });

  it.each([{ says: true }, { says: false }])(
    'F62: tells of a guest that does not let go, says: $says',
    async ({ says }) => {
      const agent = await running(onVf(0, 1), onVf(1, 2));
      const end = agent.machine.inject({ kind: 'guest-refuses-unplug', vmId: 'vm1', pf: PF, vf: 1, says });
      await agent.detach(['vnic-0', 'vnic-1']);
      expect(await agent.outcomeOf('detach')).toMatchObject({
        ...failedWith('GUEST_REFUSED_UNPLUG', 'vnic-1'),
        ...{ domain: 'running', attached: [{ vnicId: 'vnic-1' }] },
      });
      end();
      await agent.detach(['vnic-1'], { step: 'again' });
      expect(await agent.outcomeOf('again')).toMatchObject({ ...done, attached: [] });
    },
  );

  it('answers for a VM that is not here', async () => {
    const agent = await ready();
    await agent.attach([onVf(0, 1)]);
    expect(await agent.outcomeOf('attach')).toMatchObject({ ...failedWith('DOMAIN_NOT_HERE'), domain: 'gone' });
    await agent.detach(['vnic-0']);
    expect(await agent.outcomeOf('detach')).toMatchObject({ ...failedWith('DOMAIN_NOT_HERE'), domain: 'gone' });
  });
});

describe('cleaning', () => {
  it('F24: sets a locally administered MAC where the driver does not take zeros back', async () => {
    const [card, ...cards] = DEMO_SCENARIOS.alpha.cards;
    if (!card) throw new Error('alpha has a card');
    const vfTraits = {
      firstMac: 'zero',
      spoofCheck: true,
      refuses: { zeroMac: 'EINVAL' },
      ratesNeedCarrier: false,
    } as const;
    const agent = await ready({ scenario: { ...DEMO_SCENARIOS.alpha, cards: [{ ...card, vfTraits }, ...cards] } });
    expect(agent.settings(0).mac).toBe('00:00:00:00:00:00');
    await agent.startVm([onVf(0, 1)]);
    await agent.outcomeOf('start vm1 1');
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'clean' });
    expect(agent.settings(0).mac).toMatch(/^.[26ae]:/);
    expect(agent.settings(0).mac).not.toBe('52:54:00:00:00:00');
  });

  it('tells why a VF is dirty, and proves it when it is asked again', async () => {
    const agent = await running(onVf(0, 1));
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    agent.machine.inject({ kind: 'bind-errno', pf: PF, to: 'network', errno: 'ENODEV' });
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toMatchObject({ result: 'dirty', failure: { code: 'ENODEV' } });
    expect(await agent.state.fence(vfAt(0))).toMatchObject({ cleaned: false });
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1), 2)).toEqual({ result: 'clean' });
  });

  it('leaves a VF alone that a process has open', async () => {
    const agent = await running(onVf(0, 1));
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    agent.machine.hold(vfAt(0), { kind: 'vfio', process: { name: 'dpdk-testpmd', pid: 77 } });
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'held', by: 'dpdk-testpmd (pid 77)' });
  });

  it('is done once for a message that comes twice at once', async () => {
    const agent = await running(onVf(0, 1));
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    await agent.clean(claimOf(0, 1));
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1), 2)).toEqual({ result: 'clean' });
  });

  it('has nothing to set back after a boot of the machine', async () => {
    const agent = await running(onVf(0, 1));
    await agent.machine.reboot();
    agent.kill();
    await agent.start();
    await agent.floor(0);
    expect(await agent.state.vm('vm1')).toMatchObject({ state: 'over' });
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'clean' });
    await agent.startVm([onVf(0, 2)], { step: 'late' });
    expect(await agent.outcomeOf('late')).toMatchObject(failedWith('ATTEMPT_OVER'));
  });

  it('keeps the number of VFs from being changed until it is done', async () => {
    const agent = await running(onVf(0, 1));
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    await agent.want(2);
    expect((await agent.settled()).outcome).toMatchObject({ result: 'refused' });
    await agent.clean(claimOf(0, 1));
    await agent.cleanOutcome(claimOf(0, 1));
    await agent.want(2);
    expect((await agent.settled()).outcome).toEqual({ result: 'applied' });
  });
});

it('says with its heartbeat that it knows the floor, and not after contact was lost', async () => {
  const agent = await ready();
  expect(agent.heartbeats().at(0)).toMatchObject({ fenceFloor: null });
  expect(agent.heartbeats().at(-1)).toMatchObject({ fenceFloor: 0 });
  agent.bus.cut();
  agent.bus.mend();
  expect(agent.heartbeats().at(-1)).toMatchObject({ fenceFloor: null });
});

it('tells an outcome again that was not confirmed, as the same fact', async () => {
  const agent = await running(onVf(0, 1));
  await agent.clock.advance(1_000);
  agent.bus.loseConfirms();
  await agent.startVm([onVf(0, 1)]);
  const second = await agent.outcomeOf('start vm1 1', 2);
  agent.bus.mend();
  expect(await agent.outcomeOf('start vm1 1', 3)).toEqual(second);
});
