import { describe, expect, it } from 'vitest';
import type { Death } from './testing/killable.ts';
import { vmInvariants } from './testing/vm-invariants.ts';
import { claimOf, onBridge, onVf, type VmsUnderTest, vfAt, vmsUnderTest } from './testing/vms-under-test.ts';

/** A step that is sent again as its sender would, until its outcome is told. */
type Sent = { step: string; send: (agent: VmsUnderTest) => Promise<void> };

const start: Sent = { step: 'start vm1 1', send: (agent) => agent.startVm([onVf(0, 1), onBridge('b1'), onVf(1, 2)]) };
const stop: Sent = { step: 'stop vm1 1', send: (agent) => agent.stopVm() };
const attach: Sent = { step: 'attach', send: (agent) => agent.attach([onVf(2, 3), onBridge('b2')]) };
const detach: Sent = { step: 'detach', send: (agent) => agent.detach(['vnic-0', 'b1']) };
const CLAIMS = [claimOf(0, 1), claimOf(1, 2), claimOf(2, 3)];

async function untilTold(agent: VmsUnderTest, { step, send }: Sent) {
  const before = agent.outcomes().length;
  const told = () =>
    agent
      .outcomes()
      .slice(before)
      .find((each) => each.step === step);
  for (let turn = 0; turn < 300 && !told(); turn++) {
    await send(agent);
    await agent.clock.advance(1_000);
  }
  const outcome = told();
  if (!outcome) throw new Error(`${step} was never told of`);
  return outcome;
}

async function untilClean(agent: VmsUnderTest) {
  const results = () =>
    new Set(
      agent
        .cleaned()
        .filter(({ outcome }) => outcome.result === 'clean')
        .map(({ claimId }) => claimId),
    );
  for (let turn = 0; turn < 60 && CLAIMS.some(({ claimId }) => !results().has(claimId)); turn++) {
    await agent.clean(...CLAIMS);
    await agent.clock.advance(1_000);
  }
  expect([...results()].toSorted()).toEqual(CLAIMS.map(({ claimId }) => claimId));
}

/** A machine with a VM that runs, if one is to, and the agent that started it gone. */
async function scene({ isRunning }: { isRunning: boolean }) {
  const agent = vmsUnderTest();
  const invariants = vmInvariants(agent);
  invariants.claimedFor('vm1', CLAIMS);
  const settings = [0, 1, 2].map((vf) => agent.settings(vf));
  await agent.start();
  await agent.floor(0);
  if (isRunning) await untilTold(agent, start);
  agent.kill();
  return { agent, invariants, settings };
}

type Scene = Awaited<ReturnType<typeof scene>>;
type Life = { isRunning: boolean; live: (agent: VmsUnderTest) => Promise<void> };

/** Every way to die in a life: before or after each call to the outside that it makes in all. */
async function deathsIn({ isRunning, live }: Life): Promise<Death[]> {
  const { agent } = await scene({ isRunning });
  const process = await agent.start();
  await live(agent);
  return Array.from({ length: process.calls() }, (_, index) => index + 1).flatMap((atCall): Death[] => [
    { atCall, when: 'before' },
    { atCall, when: 'after' },
  ]);
}

/** Lets an agent die in a life, and another come after it. */
async function dieIn({ isRunning, live }: Life, death: Death): Promise<Scene> {
  const there = await scene({ isRunning });
  const { agent, invariants } = there;
  await agent.start(death);
  await live(agent);
  await invariants.check();
  agent.kill();
  await agent.start();
  await agent.floor(0);
  return there;
}

/** However it went: the VM can be stopped, its VFs come back clean, and no late message brings anything back. */
async function expectCleanEnd({ agent, invariants, settings }: Scene): Promise<void> {
  await invariants.check();
  expect(await untilTold(agent, stop)).toMatchObject({ outcome: { result: 'done' }, domain: 'gone' });
  expect(agent.domains()).toEqual([]);
  await untilClean(agent);
  expect([0, 1, 2].map((vf) => agent.settings(vf))).toEqual(settings);
  expect(await Promise.all([0, 1, 2].map(agent.driverOf))).toEqual(['igbvf', 'igbvf', 'igbvf']);
  for (const late of [start, attach]) await late.send(agent);
  await agent.clock.advance(5_000);
  expect(agent.domains()).toEqual([]);
  expect([0, 1, 2].map((vf) => agent.settings(vf))).toEqual(settings);
  await invariants.check();
}

const starting: Life = {
  isRunning: false,
  live: async (agent) => {
    await agent.floor(0);
    await start.send(agent);
    await agent.clock.advance(10_000);
  },
};
const lifeOf = ({ send }: Sent): Life => ({
  isRunning: true,
  live: async (agent) => {
    await agent.floor(0);
    await send(agent);
    await agent.clock.advance(20_000);
  },
});
const cleaning: Life = {
  isRunning: true,
  live: async (agent) => {
    await agent.floor(0);
    await agent.machine.killDomain('vm1').catch(() => {});
    await agent.clean(...CLAIMS);
    await agent.clock.advance(10_000);
  },
};

const stopping = lifeOf(stop);
const attaching = lifeOf(attach);
const detaching = lifeOf(detach);

const deaths = {
  starting: await deathsIn(starting),
  stopping: await deathsIn(stopping),
  attaching: await deathsIn(attaching),
  detaching: await deathsIn(detaching),
  cleaning: await deathsIn(cleaning),
};

describe('an agent killed at any call of a start', () => {
  it.each(deaths.starting)('$when call $atCall: has started it, or left nothing of it', async (death) => {
    const there = await dieIn(starting, death);
    const { agent, settings } = there;
    const { outcome, domain } = await untilTold(agent, start);
    if (outcome.result === 'done') {
      expect(agent.domains()).toMatchObject([{ vmId: 'vm1', state: 'running' }]);
      expect(agent.settings(0)).toMatchObject({ mac: '52:54:00:00:00:00', vlanId: 100 });
    } else {
      expect([outcome.failure.code, domain]).toEqual(['INTERRUPTED', 'gone']);
      expect(outcome.failure.cause).not.toContain('Taking it back failed');
      expect([0, 1, 2].map((vf) => agent.settings(vf))).toEqual(settings);
    }
    await expectCleanEnd(there);
  });
});

describe('an agent killed at any call of a stop', () => {
  it.each(deaths.stopping)('$when call $atCall: finishes it, though it is not sent again', async (death) => {
    const there = await dieIn(stopping, death);
    const { agent } = there;
    await agent.clock.advance(20_000);
    const wasTaken = (await agent.state.vm('vm1'))?.state === 'over';
    if (wasTaken) expect(agent.domains()).toEqual([]);
    await expectCleanEnd(there);
  });
});

describe('an agent killed at any call of a hot plug', () => {
  it.each(deaths.attaching)('$when call $atCall: has plugged all or nothing', async (death) => {
    const there = await dieIn(attaching, death);
    const { agent, settings } = there;
    const { outcome, attached } = await untilTold(agent, attach);
    const vnics = attached.map(({ vnicId }) => vnicId).toSorted();
    if (outcome.result === 'done') {
      expect(vnics).toEqual(['b1', 'b2', 'vnic-0', 'vnic-1', 'vnic-2']);
      expect(agent.settings(2)).toMatchObject({ mac: '52:54:00:00:00:02', vlanId: 100 });
    } else {
      expect([outcome.failure.code, ...vnics]).toEqual(['INTERRUPTED', 'b1', 'vnic-0', 'vnic-1']);
      expect(agent.settings(2)).toEqual(settings[2]);
    }
    await expectCleanEnd(there);
  });
});

describe('an agent killed at any call of a hot unplug', () => {
  it.each(deaths.detaching)('$when call $atCall: tells what the domain shows', async (death) => {
    const there = await dieIn(detaching, death);
    const { agent } = there;
    const { outcome, attached } = await untilTold(agent, detach);
    const vnics = attached.map(({ vnicId }) => vnicId);
    if (outcome.result === 'done') expect(vnics).toEqual(['vnic-1']);
    else expect(outcome.failure.code).toBe('GUEST_REFUSED_UNPLUG');
    await expectCleanEnd(there);
  });
});

describe('an agent killed at any call of a cleaning', () => {
  it.each(deaths.cleaning)('$when call $atCall: has it clean when it is asked again', async (death) => {
    const there = await dieIn(cleaning, death);
    await untilClean(there.agent);
    expect(await there.agent.state.fence(vfAt(0))).toMatchObject({ fence: 1, cleaned: true });
    await expectCleanEnd(there);
  });
});
