import { describe, expect, it } from 'vitest';
import { PF } from './testing/agent-under-test.ts';
import { claimOf, done, failedWith, onBridge, onVf, readyAgent, runningAgent, vfAt } from './testing/vms-under-test.ts';

describe('hot plug', () => {
  it('plugs whole or not at all', async () => {
    const agent = await runningAgent(onVf(0, 1));
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
    const agent = await runningAgent(onVf(0, 1), onBridge('b1'));
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
    const agent = await runningAgent(onVf(0, 1), onVf(1, 2));
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
      const agent = await runningAgent(onVf(0, 1), onVf(1, 2));
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
    const agent = await readyAgent();
    await agent.attach([onVf(0, 1)]);
    expect(await agent.outcomeOf('attach')).toMatchObject({ ...failedWith('DOMAIN_NOT_HERE'), domain: 'gone' });
    await agent.detach(['vnic-0']);
    expect(await agent.outcomeOf('detach')).toMatchObject({ ...failedWith('DOMAIN_NOT_HERE'), domain: 'gone' });
  });
});

it('hands out no VF while the hypervisor is still at plugging it, and none that it has plugged late', async () => {
  const agent = await runningAgent(onVf(0, 1));
  const end = agent.machine.inject({ kind: 'attach-hangs', vmId: 'vm1' });
  await agent.attach([onVf(1, 2)]);
  expect(await agent.outcomeOf('attach')).toMatchObject(failedWith('NOT_PLUGGED', 'did not end in time'));
  await agent.clean(claimOf(1, 2));
  expect(await agent.cleanOutcome(claimOf(1, 2))).toMatchObject({
    result: 'held',
    by: expect.stringContaining('still at starting or plugging for virtual machine'),
  });
  end();
  await agent.clock.advance(60_000);
  expect(agent.domains()[0]?.interfaces.map(({ vnicId }) => vnicId)).toEqual(['vnic-0', 'vnic-1']);
  await agent.detach(['vnic-1']);
  await agent.outcomeOf('detach');
  await agent.clean(claimOf(1, 2));
  expect(await agent.cleanOutcome(claimOf(1, 2), 2)).toEqual({ result: 'clean' });
  expect(await agent.driverOf(1)).toBe('igbvf');
});
