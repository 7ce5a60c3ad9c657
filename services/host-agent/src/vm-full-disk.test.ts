import { expect, it } from 'vitest';
import {
  claimOf,
  done,
  expectUntouched,
  failedWith,
  onVf,
  readyAgent,
  runningAgent,
  type VmsUnderTest,
} from './testing/vms-under-test.ts';

/** Lets the disk refuse what is written to such a path, from the `nth` write of it on; answers how to make room again. */
function fillDisk(agent: VmsUnderTest, path: RegExp, nth = 1): () => void {
  const write = agent.disk.write;
  let seen = 0;
  agent.disk.write = async (to, text) => {
    if (path.test(to) && ++seen >= nth) throw new Error('ENOSPC: no space left on device');
    await write(to, text);
  };
  return () => {
    agent.disk.write = write;
  };
}

it.each([
  { what: 'the record of its VM', path: /vms/, nth: 1 },
  { what: 'a fence', path: /fences/, nth: 1 },
  { what: 'the end of it', path: /vms/, nth: 2 },
])(
  'a start of which the disk does not take $what leaves nothing, and does not come to be later',
  async ({ path, nth }) => {
    const agent = await readyAgent();
    const makeRoom = fillDisk(agent, path, nth);
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1')).toMatchObject({
      ...failedWith('STATE_FILE', 'no space left'),
      domain: 'gone',
    });
    await expectUntouched(agent);
    makeRoom();
    await agent.startVm([onVf(0, 1)]);
    expect(await agent.outcomeOf('start vm1 1', 2)).toMatchObject(failedWith('STATE_FILE'));
    await agent.startVm([onVf(0, 1)], { step: 'other' });
    expect(await agent.outcomeOf('other')).toMatchObject(failedWith('ATTEMPT_OVER'));
    await expectUntouched(agent);
  },
);

it('a cleaning that the disk does not take is not proven', async () => {
  const agent = await runningAgent(onVf(0, 1));
  await agent.stopVm({ force: true });
  await agent.outcomeOf('stop vm1 1');
  const makeRoom = fillDisk(agent, /fences/);
  await agent.clean(claimOf(0, 1), claimOf(1, 2));
  expect(await agent.cleanOutcome(claimOf(0, 1))).toMatchObject({ result: 'dirty', failure: { code: 'STATE_FILE' } });
  expect(await agent.cleanOutcome(claimOf(1, 2))).toMatchObject({ result: 'dirty', failure: { code: 'STATE_FILE' } });
  makeRoom();
  await agent.clean(claimOf(0, 1), claimOf(1, 2));
  expect(await agent.cleanOutcome(claimOf(0, 1), 2)).toEqual({ result: 'clean' });
});

it('a stop that the disk does not take ends the VM when it is sent again', async () => {
  const agent = await runningAgent(onVf(0, 1));
  const makeRoom = fillDisk(agent, /vms/);
  await agent.stopVm({ force: true });
  expect(await agent.outcomeOf('stop vm1 1')).toMatchObject({ ...failedWith('STATE_FILE'), domain: 'running' });
  makeRoom();
  await agent.stopVm({ force: true });
  expect(await agent.outcomeOf('stop vm1 1', 2)).toMatchObject({ ...done, domain: 'gone' });
});

it('nothing is done for a VM whose record cannot be read, until it can', async () => {
  const agent = await readyAgent();
  agent.disk.contents.set('vfleet/vms/vm1.json', '{');
  await agent.startVm([onVf(0, 1)]);
  const { outcome } = await agent.outcomeOf('start vm1 1');
  expect(outcome).toMatchObject({ failure: { code: 'STATE_FILE', remedy: expect.stringContaining('vms/vm1.json') } });
  await expectUntouched(agent);
  agent.disk.contents.delete('vfleet/vms/vm1.json');
  await agent.startVm([onVf(0, 1)], { attempt: 2 });
  expect(await agent.outcomeOf('start vm1 2')).toMatchObject(done);
});
