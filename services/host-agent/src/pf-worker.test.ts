import { describe, expect, it } from 'vitest';
import { agentUnderTest, PF } from './testing/agent-under-test.ts';

describe('a generation', () => {
  it('F54: that is settled is reported again, not carried out again', async () => {
    const agent = agentUnderTest();
    await agent.start();
    await agent.want(2);
    await agent.settled();
    const before = agent.reports().length;
    await agent.wantAgain();
    await agent.clock.advance(100);
    expect(agent.reports().length).toBe(before + 1);
    expect(agent.machine.writes()).toHaveLength(1);
  });

  it('is reported again by a later process of the agent too', async () => {
    const agent = agentUnderTest();
    await agent.start();
    await agent.want(2);
    await agent.settled();
    agent.kill();
    await agent.start();
    expect(agent.settlement()).toMatchObject({ generation: 1, outcome: { result: 'applied' } });
    await agent.wantAgain();
    expect(agent.machine.writes()).toHaveLength(1);
  });

  it('that comes twice is carried out once', async () => {
    const agent = agentUnderTest();
    await agent.start();
    await agent.want(4);
    await agent.wantAgain();
    await agent.clock.advance(300);
    await agent.wantAgain();
    await agent.settled();
    await agent.clock.advance(60_000);
    expect(agent.machine.writes()).toHaveLength(1);
  });

  it('F56: is overtaken by a newer one; the running write is finished, then the newest follows', async () => {
    const agent = agentUnderTest();
    await agent.start();
    await agent.want(7);
    await agent.until(() => agent.machine.writerAlive(PF));
    await agent.want(3);
    await agent.want(2);
    expect(await agent.settled()).toMatchObject({ generation: 3, outcome: { result: 'applied' }, existing: 2 });
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([7, 0, 2]);
    expect(
      agent
        .reports()
        .flatMap(({ pfs }) => pfs)
        .some(({ settlement }) => settlement?.generation === 1),
    ).toBe(false);
  });

  it('for the number that an overtaken one has just made awaits the netdevs too, and touches no VF', async () => {
    const agent = agentUnderTest({ faults: [{ kind: 'netdev-late', pf: PF, vf: 1, afterMs: 20_000 }] });
    await agent.start();
    await agent.want(7);
    await agent.until(async () => (await agent.machine.lookAtPf(PF))?.existing === 7);
    await agent.want(7);
    expect(await agent.settled()).toMatchObject({ generation: 2, outcome: { result: 'applied' }, existing: 7 });
    expect(agent.lastReport()?.vfs.map(({ netns }) => netns)).toEqual(Array(7).fill('here'));
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([7]);
  });

  it('that fails after it overtook another returns to what was before both', async () => {
    const agent = agentUnderTest({
      existing: 4,
      persisted: 4,
      faults: [{ kind: 'errno', pf: PF, errno: 'ENOSPC', writes: { count: 3 } }],
    });
    await agent.start();
    await agent.want(7);
    await agent.until(() => agent.machine.writerAlive(PF));
    await agent.want(3);
    expect(await agent.settled()).toMatchObject({
      generation: 2,
      outcome: { result: 'failed', failure: { code: 'ENOSPC' } },
      existing: 4,
    });
    expect(agent.machine.numVfs(PF)).toBe(4);
  });

  it('of another VfsConfig of the PF is a new one', async () => {
    const agent = agentUnderTest();
    await agent.start();
    await agent.want(4, { generation: 9 });
    await agent.settled();
    await agent.want(2, { generation: 1, vfsConfigId: 'alpha-9' });
    await agent.until(() => agent.settlement()?.vfsConfigId === 'alpha-9');
    expect(agent.machine.numVfs(PF)).toBe(2);
  });
});

describe('what an earlier process left open', () => {
  async function leftOpen({ writing }: { writing: number }) {
    const agent = agentUnderTest({ existing: 3, persisted: 3 });
    await agent.start();
    await agent.want(6);
    await agent.until(() => agent.machine.writes().some(({ count }) => count === writing));
    agent.kill();
    await agent.until(async () => !(await agent.machine.writerAlive(PF)));
    return agent;
  }

  it('is applied when it holds what was wanted, without being sent again', async () => {
    const agent = await leftOpen({ writing: 6 });
    await agent.start();
    expect(await agent.settled(1)).toMatchObject({ outcome: { result: 'applied' }, existing: 6 });
    expect(await agent.persisted()).toBe(6);
    await agent.clock.advance(600_000);
    expect(agent.machine.numVfs(PF)).toBe(6);
  });

  it('is applied without contact too, however long its netdevs are awaited', async () => {
    const agent = agentUnderTest({
      existing: 3,
      persisted: 3,
      faults: [{ kind: 'netdev-never', pf: PF, vf: 1 }],
      settings: { writeDeadlineMs: 120_000 },
    });
    await agent.start();
    await agent.want(6);
    await agent.until(() => agent.machine.numVfs(PF) === 6);
    agent.kill();
    agent.bus.cut();
    await agent.start();
    await agent.clock.advance(300_000);
    expect(await agent.state.settlement(PF)).toMatchObject({ outcome: { result: 'applied' }, existing: 6 });
    expect(agent.machine.numVfs(PF)).toBe(6);
  });

  it('waits for the writer that is still at it', async () => {
    const agent = agentUnderTest({ existing: 3, persisted: 3 });
    await agent.start();
    await agent.want(6);
    await agent.until(() => agent.machine.writes().some(({ count }) => count === 6));
    agent.kill();
    await agent.start();
    expect(agent.settlement()).toBeNull();
    expect(await agent.settled(1)).toMatchObject({ outcome: { result: 'applied' }, existing: 6 });
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([0, 6]);
  });

  it('waits for word while there is contact, and says that nothing is being changed', async () => {
    const agent = await leftOpen({ writing: 0 });
    await agent.start();
    await agent.clock.advance(600_000);
    expect(agent.pfReport()).toMatchObject({ settlement: null, changing: null });
    expect(agent.machine.numVfs(PF)).toBe(0);
    await agent.wantAgain();
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' }, existing: 6 });
  });

  it('is taken back, settled for good, when the PF cannot be looked at as it is sent again', async () => {
    const agent = await leftOpen({ writing: 0 });
    await agent.start();
    await agent.clock.advance(1_000);
    const look = agent.machine.lookAtPf;
    agent.machine.lookAtPf = () => {
      agent.machine.lookAtPf = look;
      return Promise.reject(new Error('EMFILE: too many open files'));
    };
    await agent.wantAgain();
    const settlement = await agent.settled();
    expect(settlement).toMatchObject({ outcome: { result: 'failed', failure: { code: 'HOST_FAULT' } }, existing: 3 });
    expect(await agent.state.settlement(PF)).toEqual(settlement);
    expect(await agent.state.journal(PF)).toBeNull();
  });

  it('goes on with a newer generation', async () => {
    const agent = await leftOpen({ writing: 0 });
    await agent.start();
    await agent.clock.advance(1_000);
    await agent.want(2, { generation: 3 });
    expect(await agent.settled(3)).toMatchObject({ outcome: { result: 'applied' }, existing: 2 });
  });

  it('ignores an older generation', async () => {
    const agent = agentUnderTest({ existing: 3, persisted: 3 });
    await agent.start();
    await agent.want(6, { generation: 5 });
    await agent.until(() => agent.machine.writes().some(({ count }) => count === 0));
    agent.kill();
    await agent.until(async () => !(await agent.machine.writerAlive(PF)));
    await agent.start();
    await agent.clock.advance(1_000);
    await agent.want(2, { generation: 4 });
    await agent.clock.advance(60_000);
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([0]);
  });

  it('returns to the last known good number when there is no contact for a minute', async () => {
    const agent = await leftOpen({ writing: 0 });
    agent.bus.cut();
    await agent.start();
    await agent.clock.advance(59_000);
    expect(agent.machine.numVfs(PF)).toBe(0);
    await agent.clock.advance(30_000);
    expect(agent.machine.numVfs(PF)).toBe(3);
    agent.bus.mend();
    expect(await agent.settled(1)).toMatchObject({
      outcome: { result: 'failed', failure: { code: 'INTERRUPTED' } },
      existing: 3,
    });
  });

  it('is told when it cannot be read, and nothing is touched', async () => {
    const agent = await leftOpen({ writing: 0 });
    agent.disk.contents.set(`vfleet/journal/${PF}.json`, '{');
    await agent.start();
    expect(agent.pfReport()?.warning).toContain(`vfleet/journal/${PF}.json is not JSON`);
    await agent.wantAgain();
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'failed', failure: { code: 'STATE_FILE' } } });
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([0]);
    expect(agent.disk.contents.get(`vfleet/journal/${PF}.json`)).toBe('{');
  });
});
