import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { describe, expect, it, vi } from 'vitest';
import { DEMO_SCENARIOS } from './adapters/scenarios.ts';
import { PF } from './testing/agent-under-test.ts';
import { claimOf, done, failedWith, onVf, readyAgent, runningAgent, vfAt } from './testing/vms-under-test.ts';

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
    const agent = await readyAgent({ scenario: { ...DEMO_SCENARIOS.alpha, cards: [{ ...card, vfTraits }, ...cards] } });
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

  it('F24: sets a locally administered MAC where the driver takes zeros, and shows them never', async () => {
    const [card, ...cards] = DEMO_SCENARIOS.alpha.cards;
    if (!card) throw new Error('alpha has a card');
    const vfTraits = { firstMac: 'zero', spoofCheck: true, refuses: {}, ratesNeedCarrier: false } as const;
    const agent = await readyAgent({ scenario: { ...DEMO_SCENARIOS.alpha, cards: [{ ...card, vfTraits }, ...cards] } });
    await agent.startVm([onVf(0, 1)]);
    await agent.outcomeOf('start vm1 1');
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    agent.machine.inject({ kind: 'vf-set-ignored', pf: PF, vf: 0, property: 'mac' });
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'clean' });
    expect(agent.settings(0).mac).toMatch(/^.[26ae]:/);
    expect(agent.settings(0).mac).not.toBe('52:54:00:00:00:00');
  });

  it('F24: takes the MAC back though something else ends in a fault', async () => {
    const agent = await readyAgent();
    const before = agent.settings(0);
    await agent.startVm([onVf(0, 1, { properties: { ...NO_VF_PROPERTIES, trust: true } })]);
    await agent.outcomeOf('start vm1 1');
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    const { setVf } = agent.machine.guests;
    const broken = vi.spyOn(agent.machine.guests, 'setVf').mockImplementation(async (address, settings) => {
      if (settings.trust !== undefined) throw new Error('ip ended with 2: Error: the firmware says no.');
      return setVf(address, settings);
    });
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toMatchObject({
      result: 'dirty',
      failure: { cause: expect.stringMatching(/trust true instead of false.*the firmware says no/) },
    });
    expect(agent.settings(0)).toEqual({ ...before, trust: true });
    broken.mockRestore();
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1), 2)).toEqual({ result: 'clean' });
  });

  it.each([{ autoprobe: false }, { vfDriverAvailable: false }])(
    'gives a VF back without a driver where it came without one: %o',
    async (without) => {
      const cards = DEMO_SCENARIOS.alpha.cards.map((card) => ({ ...card, ...without }));
      const agent = await readyAgent({ scenario: { ...DEMO_SCENARIOS.alpha, cards } });
      await agent.startVm([onVf(0, 1)]);
      expect(await agent.outcomeOf('start vm1 1')).toMatchObject(done);
      await agent.stopVm({ force: true });
      await agent.outcomeOf('stop vm1 1');
      await agent.clean(claimOf(0, 1));
      expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'clean' });
      expect(await agent.driverOf(0)).toBeNull();
    },
  );

  it('tells why a VF is dirty, and proves it when it is asked again', async () => {
    const agent = await runningAgent(onVf(0, 1));
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
    const agent = await runningAgent(onVf(0, 1));
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    agent.machine.hold(vfAt(0), { kind: 'vfio', process: { name: 'dpdk-testpmd', pid: 77 } });
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'held', by: 'dpdk-testpmd (pid 77)' });
  });

  it('is done once for a message that comes twice at once', async () => {
    const agent = await runningAgent(onVf(0, 1));
    await agent.stopVm({ force: true });
    await agent.outcomeOf('stop vm1 1');
    await agent.clean(claimOf(0, 1));
    await agent.clean(claimOf(0, 1));
    expect(await agent.cleanOutcome(claimOf(0, 1), 2)).toEqual({ result: 'clean' });
  });

  it('has nothing to set back after a boot of the machine', async () => {
    const agent = await runningAgent(onVf(0, 1));
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
    const agent = await runningAgent(onVf(0, 1));
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
