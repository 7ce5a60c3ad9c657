import { describe, expect, it } from 'vitest';
import { type AgentUnderTest, agentUnderTest, PF } from './testing/agent-under-test.ts';

const HANG = { kind: 'hang', pf: PF, writes: { count: 7 } } as const;

async function stuckAgent(existing = 0) {
  const agent = agentUnderTest({ existing, persisted: existing, faults: [HANG] });
  await agent.start();
  await agent.want(7);
  await agent.until(() => agent.pfReport()?.stuck != null, 120_000);
  return agent;
}

function spoilNextRead({ machine }: AgentUnderTest): void {
  const read = machine.readNumVfs;
  machine.readNumVfs = () => {
    machine.readNumVfs = read;
    return Promise.reject(new Error('spawn EAGAIN'));
  };
}

function spoilSettlement({ disk }: AgentUnderTest): void {
  disk.contents.set(`vfleet/settled/${PF}.json`, '{');
}

describe('a write that outlives its deadline', () => {
  it('F7, F8: is a state of the PF, told with what holds it; nothing more is written or read', async () => {
    const agent = await stuckAgent();
    const read = agent.machine.readNumVfs;
    let reads = 0;
    agent.machine.readNumVfs = (...given) => {
      reads++;
      return read(...given);
    };
    const stuck = agent.pfReport()?.stuck;
    expect(stuck).toMatchObject({ from: 0, to: 7, holder: expect.stringContaining('nothing') });
    await agent.clock.advance(3_600_000);
    expect(agent.pfReport()).toMatchObject({ stuck, settlement: null, changing: { generation: 1 } });
    expect(agent.machine.writes()).toHaveLength(1);
    expect(reads).toBe(0);
  });

  it('is applied when it ends with what was wanted', async () => {
    const agent = await stuckAgent();
    agent.machine.releaseWrite(PF);
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' }, existing: 7 });
    expect(agent.pfReport()?.stuck).toBeNull();
    expect(await agent.persisted()).toBe(7);
    expect(await agent.state.journal(PF)).toBeNull();
  });

  it('falls back when it ends with something else', async () => {
    const agent = agentUnderTest({
      existing: 3,
      persisted: 3,
      faults: [{ kind: 'hang', pf: PF, writes: { count: 0 } }],
    });
    await agent.start();
    await agent.want(7);
    await agent.until(() => agent.pfReport()?.stuck != null, 120_000);
    agent.machine.releaseWrite(PF);
    expect(await agent.settled()).toMatchObject({
      outcome: { result: 'failed', failure: { code: 'STUCK' } },
      existing: 3,
    });
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([0, 3]);
  });

  it('F7: on a VF taken through vfio after the look names the holder and ends when it lets go', async () => {
    const agent = agentUnderTest({ existing: 3, persisted: 3 });
    await agent.start();
    await agent.clock.advance(1_000);
    const write = agent.machine.writeNumVfs;
    agent.machine.writeNumVfs = (...given) => {
      if (agent.machine.writes().length === 0) {
        agent.machine.hold('0000:05:10.2', { kind: 'vfio', process: { name: 'qemu-kvm', pid: 4242 } });
      }
      return write(...given);
    };
    await agent.want(7);
    await agent.until(() => agent.pfReport()?.stuck != null, 120_000);
    expect(agent.pfReport()?.stuck?.holder).toContain('qemu-kvm (pid 4242)');
    agent.machine.letGo('0000:05:10.2');
    expect(await agent.settled()).toMatchObject({
      outcome: { result: 'failed', failure: { code: 'STUCK' } },
      existing: 3,
    });
    expect(agent.machine.numVfs(PF)).toBe(3);
  });

  it('stays stuck for a newer generation, which follows when the write has ended', async () => {
    const agent = await stuckAgent();
    await agent.want(2);
    await agent.clock.advance(600_000);
    expect(agent.machine.writes()).toHaveLength(1);
    expect(agent.pfReport()?.stuck).not.toBeNull();
    agent.machine.releaseWrite(PF);
    expect(await agent.settled()).toMatchObject({ generation: 2, outcome: { result: 'applied' }, existing: 2 });
    expect(agent.machine.numVfs(PF)).toBe(2);
  });

  it('is followed by a newer generation at once, without a way back, when it ends with something else', async () => {
    const agent = agentUnderTest({ existing: 3, persisted: 3, faults: [{ ...HANG, writes: { count: 0 } }] });
    await agent.start();
    await agent.want(7);
    await agent.until(() => agent.pfReport()?.stuck != null, 120_000);
    await agent.want(5);
    agent.machine.releaseWrite(PF);
    expect(await agent.settled()).toMatchObject({ generation: 2, outcome: { result: 'applied' }, existing: 5 });
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([0, 5]);
  });

  it('is not reported again when its generation is sent again, which every report of it causes', async () => {
    const agent = await stuckAgent();
    const before = agent.reports().length;
    await agent.wantAgain();
    await agent.clock.advance(100);
    expect(agent.reports().length).toBe(before);
    await agent.requestReport();
    await agent.clock.advance(100);
    expect(agent.reports().length).toBe(before + 1);
  });

  it('is known to a later process of the agent, since the same moment', async () => {
    const agent = await stuckAgent();
    const stuck = agent.pfReport()?.stuck;
    agent.kill();
    await agent.clock.advance(60_000);
    await agent.start();
    await agent.clock.advance(1_000);
    expect(agent.pfReport()?.stuck).toEqual(stuck);
    await agent.wantAgain();
    await agent.clock.advance(600_000);
    expect(agent.machine.writes()).toHaveLength(1);
    agent.machine.releaseWrite(PF);
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' }, existing: 7 });
  });

  it('becomes stuck under a later process when the earlier one died before the deadline', async () => {
    const agent = agentUnderTest({ faults: [HANG] });
    await agent.start();
    await agent.want(7);
    await agent.clock.advance(5_000);
    agent.kill();
    await agent.start();
    await agent.clock.advance(10_000);
    expect(agent.pfReport()).toMatchObject({ stuck: null, changing: { generation: 1 } });
    await agent.until(() => agent.pfReport()?.stuck != null, 120_000);
    expect(agent.machine.writes()).toHaveLength(1);
  });

  it.each([
    { name: 'the number', code: 'HOST_FAULT', spoil: spoilNextRead },
    { name: 'the settlement', code: 'STATE_FILE', spoil: spoilSettlement },
  ])('is taken back and settled for good when $name cannot be read after it', async ({ code, spoil }) => {
    const agent = await stuckAgent(3);
    spoil(agent);
    agent.machine.releaseWrite(PF);
    const settlement = await agent.settled();
    expect(settlement).toMatchObject({
      outcome: { failure: { code, cause: expect.stringContaining('number was written again: there are 3') } },
      existing: 3,
    });
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([0, 7, 0, 3]);
    expect(await agent.state.settlement(PF)).toEqual(settlement);
    expect(await agent.state.journal(PF)).toBeNull();
  });

  it('on the way back is outlasted too', async () => {
    const agent = agentUnderTest({
      existing: 3,
      persisted: 3,
      faults: [
        { kind: 'errno', pf: PF, errno: 'ENOSPC', writes: { count: 7 } },
        { kind: 'hang', pf: PF, writes: { count: 3 } },
      ],
    });
    await agent.start();
    await agent.want(7);
    await agent.until(() => agent.pfReport()?.stuck != null, 240_000);
    agent.machine.releaseWrite(PF);
    expect(await agent.settled()).toMatchObject({ outcome: { failure: { code: 'ENOSPC' } }, existing: 3 });
  });

  it('of a restore is waited for before a change begins', async () => {
    const agent = agentUnderTest({ faults: [{ kind: 'slow', pf: PF, factor: 5 }] });
    void agent.machine.writeNumVfs(PF, 4, 1);
    await agent.start();
    await agent.want(6);
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' }, existing: 6 });
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([4, 0, 6]);
  });
});
