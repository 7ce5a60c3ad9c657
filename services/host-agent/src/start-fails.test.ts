import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { describe, expect, it, vi } from 'vitest';
import { PF } from './testing/agent-under-test.ts';
import { claimOf, done, failedWith, onVf, readyAgent, vfAt } from './testing/vms-under-test.ts';

describe('a start that fails leaves nothing but fences', () => {
  it.each([
    { fault: { kind: 'vf-set-errno', pf: PF, property: 'mac', errno: 'EIO' } as const, code: 'EIO' },
    { fault: { kind: 'vf-set-ignored', pf: PF, property: 'vlan' } as const, code: 'NOT_READ_BACK' },
    { fault: { kind: 'vf-set-errno', pf: PF, vf: 1, property: 'vlan', errno: 'EPERM' } as const, code: 'EPERM' },
    { fault: { kind: 'bind-errno', pf: PF, vf: 1, to: 'vfio-pci', errno: 'EINVAL' } as const, code: 'EINVAL' },
    { fault: { kind: 'start-fails', message: 'no such disk' } as const, code: 'DOMAIN_NOT_STARTED' },
    { fault: { kind: 'dies-while-starting' } as const, code: 'DOMAIN_NOT_RESUMED' },
    { fault: { kind: 'dies-on-resume' } as const, code: 'DOMAIN_NOT_RESUMED' },
    { fault: { kind: 'guest-slow', vmId: 'vm1', ms: 150_000 } as const, code: 'DOMAIN_NOT_STARTED' },
  ])('when $fault.kind', async ({ fault, code }) => {
    const agent = await readyAgent();
    const before = [agent.settings(0), agent.settings(1)];
    const end = agent.machine.inject(fault);
    await agent.startVm([onVf(0, 1), onVf(1, 2)]);
    const ended = await agent.outcomeOf('start vm1 1');
    expect(ended).toMatchObject(failedWith(code));
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
    const agent = await readyAgent();
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
    const agent = await readyAgent();
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
    const agent = await readyAgent();
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
    const agent = await readyAgent();
    agent.machine.inject({ kind: 'hang', pf: PF });
    await agent.want(2);
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('PF_CHANGING'));
    agent.machine.releaseWrite(PF);
  });

  it('when it is stopped meanwhile', async () => {
    const agent = await readyAgent();
    agent.machine.inject({ kind: 'guest-slow', vmId: 'vm1', ms: 10_000 });
    await agent.startVm([onVf(0, 1)]);
    await agent.stopVm();
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({ ...failedWith('OVERTAKEN'), domain: 'gone' });
    expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ ...done, domain: 'gone' });
  });
});

it.each([
  { hold: { kind: 'netns', name: 'blue' } as const, by: 'another network namespace' },
  { hold: { kind: 'vfio', process: { name: 'dpdk-app', pid: 7 } } as const, by: 'dpdk-app (pid 7)' },
])('a VF is not touched that is out of sight: $by', async ({ hold, by }) => {
  const agent = await readyAgent();
  const before = agent.settings(0);
  agent.machine.hold(vfAt(0), hold);
  await agent.startVm([onVf(0, 1)]);
  expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('VF_HELD', by));
  expect(agent.settings(0)).toEqual(before);
});

describe('a property that the PF does not take', () => {
  const withLinkState = onVf(0, 1, { properties: { ...NO_VF_PROPERTIES, link_state: 'enable' } });

  it('fails the start with cause and remedy, and is reported from then on, also by the next process', async () => {
    const agent = await readyAgent();
    await agent.startVm([withLinkState]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('EOPNOTSUPP', 'do not support it'));
    await agent.until(() => agent.pfReport()?.unsupported.length === 1);
    expect(agent.pfReport()?.unsupported).toEqual(['link_state']);
    agent.kill();
    await agent.start();
    await agent.until(() => agent.reports().length > 0 && agent.pfReport()?.unsupported.length === 1);
  });

  it('is one that its driver does not tell: it could not be taken back', async () => {
    const agent = await readyAgent();
    const { lookAtVf } = agent.machine.guests;
    vi.spyOn(agent.machine.guests, 'lookAtVf').mockImplementation(async (address) => {
      const seen = await lookAtVf(address);
      return seen && { ...seen, settings: { ...seen.settings, trust: null } };
    });
    await agent.startVm([onVf(0, 1, { properties: { ...NO_VF_PROPERTIES, trust: true } })]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject(failedWith('NOT_TOLD', 'does not tell trust'));
    expect(agent.settings(0).trust).toBe(false);
    await agent.until(() => agent.pfReport()?.unsupported.length === 1);
    expect(agent.pfReport()?.unsupported).toEqual(['trust']);
  });

  it('is forgotten with another firmware', async () => {
    const agent = await readyAgent();
    await agent.state.keepUnsupported(PF, { driver: 'igb', firmware: 'older', properties: ['trust'] });
    await agent.startVm([withLinkState]);
    await agent.outcomeOf('start vm1 1');
    await agent.until(() => agent.pfReport()?.unsupported.length === 1);
    expect(agent.pfReport()?.unsupported).toEqual(['link_state']);
  });
});
