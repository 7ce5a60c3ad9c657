import { describe, expect, it } from 'vitest';
import { AGENT_VERSION } from './agent-version.ts';
import { agentUnderTest, OTHER_PF, PF } from './testing/agent-under-test.ts';

describe('an agent', () => {
  it('reports the whole host on its start', async () => {
    const agent = agentUnderTest({ existing: 2 });
    await agent.start();
    expect(agent.reports()).toHaveLength(1);
    const report = agent.lastReport();
    expect(report).toMatchObject({ hostId: 'alpha', agentVersion: AGENT_VERSION, iommu: true, scanError: null });
    expect(report?.devices?.computer).toBeDefined();
    expect(report?.vfs.map(({ pfAddress, index }) => [pfAddress, index])).toEqual([
      [PF, 0],
      [PF, 1],
    ]);
    expect(report?.pfs).toHaveLength(4);
    expect(agent.pfReport()).toMatchObject({ driver: 'igb', persisted: null, settlement: null, warning: null });
  });

  it('settles a wanted number, persists it and reports it', async () => {
    const agent = agentUnderTest();
    await agent.start();
    await agent.want(4, { as: 'put-1' });
    expect(await agent.settled()).toEqual({
      vfsConfigId: 'alpha-1',
      generation: 1,
      wanted: 4,
      outcome: { result: 'applied' },
      existing: 4,
    });
    expect(agent.machine.numVfs(PF)).toBe(4);
    expect(await agent.persisted()).toBe(4);
    expect(agent.pfReport()).toMatchObject({ persisted: 4, changing: null, stuck: null });
    expect(agent.lastReport()?.vfs).toHaveLength(4);
    const said = agent.bus.said.filter(({ context }) => context.correlationId === 'put-1').map(({ name }) => name);
    expect(new Set(said)).toEqual(new Set(['host-agent.change-progressed', 'host-agent.host-devices-reported']));
  });

  it('tells the progress of a change, each message above the one before', async () => {
    const agent = agentUnderTest({ existing: 3 });
    await agent.start();
    await agent.want(7);
    await agent.settled();
    const progress = agent.progress();
    expect(progress.map(({ step }) => step)).toContain('write 0');
    expect(progress.filter(({ step }) => step === 'write 7').some(({ done, total }) => done > 0 && total === 7)).toBe(
      true,
    );
    const origins = [...progress, ...agent.reports()].map(({ boot, sequence }) => `${boot}.${sequence}`);
    expect(new Set(origins).size).toBe(origins.length);
    expect(progress.map(({ sequence }) => sequence)).toEqual(
      progress.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    );
  });

  it('F6: touches no VF when the number is there, and manages the PF from then on', async () => {
    const agent = agentUnderTest({ existing: 3 });
    await agent.start();
    await agent.want(3);
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' }, existing: 3 });
    expect(agent.machine.writes()).toEqual([]);
    expect(await agent.persisted()).toBe(3);
  });

  it('works PFs side by side', async () => {
    const agent = agentUnderTest({ faults: [{ kind: 'hang', pf: PF }] });
    await agent.start();
    await agent.want(4);
    await agent.want(2, { pf: OTHER_PF, vfsConfigId: 'alpha-3' });
    await agent.until(() => agent.settlement(OTHER_PF) !== null, 10_000);
    expect(agent.machine.numVfs(OTHER_PF)).toBe(2);
    expect(agent.settlement()).toBeNull();
  });
});

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

describe('heartbeats', () => {
  it('come on connect and every five seconds, with the digest of the newest report', async () => {
    const agent = agentUnderTest();
    await agent.start();
    const began = agent.heartbeats().length;
    expect(began).toBe(1);
    await agent.clock.advance(20_000);
    expect(agent.heartbeats().length).toBe(began + 4);
    expect(agent.heartbeats().at(-1)).toMatchObject({ everyMs: 5_000, digest: agent.lastReport()?.digest });
  });

  it('F8, F60: go on while a write hangs and while a scan hangs', async () => {
    const agent = agentUnderTest({ faults: [{ kind: 'hang', pf: PF }] });
    await agent.start();
    await agent.want(4);
    agent.machine.inject({ kind: 'scan-hangs' });
    const before = agent.heartbeats().length;
    await agent.clock.advance(600_000);
    expect(agent.heartbeats().length).toBe(before + 120);
  });

  it('pause without contact and resume with it', async () => {
    const agent = agentUnderTest();
    await agent.start();
    agent.bus.cut();
    const before = agent.heartbeats().length;
    await agent.clock.advance(60_000);
    expect(agent.heartbeats().length).toBe(before);
    agent.bus.mend();
    await agent.clock.advance(0);
    expect(agent.heartbeats().length).toBe(before + 1);
  });
});

describe('reports', () => {
  it('come when something changed, and not when nothing did', async () => {
    const agent = agentUnderTest({ existing: 2 });
    await agent.start();
    await agent.clock.advance(600_000);
    expect(agent.reports()).toHaveLength(1);
    agent.machine.hold('0000:05:10.0', { kind: 'bridge', name: 'br0' });
    await agent.clock.advance(1_000);
    expect(agent.reports()).toHaveLength(2);
    expect(agent.lastReport()?.digest).not.toBe(agent.reports()[0]?.digest);
  });

  it('come on request, whatever was reported before', async () => {
    const agent = agentUnderTest();
    await agent.start();
    await agent.requestReport();
    await agent.clock.advance(10);
    expect(agent.reports()).toHaveLength(2);
    expect(agent.reports()[1]?.digest).toBe(agent.reports()[0]?.digest);
    expect(agent.reports()[1]?.sequence).toBeGreaterThan(agent.reports()[0]?.sequence ?? 0);
  });

  it('come with a higher boot after a restart', async () => {
    const agent = agentUnderTest();
    await agent.start();
    await agent.close();
    await agent.start();
    const [first, second] = agent.reports();
    expect(second?.boot).toBeGreaterThan(first?.boot ?? 0);
  });

  it('do not queue up while the broker is away: the newest state is told', async () => {
    const agent = agentUnderTest({ existing: 3 });
    await agent.start();
    agent.bus.cut();
    for (const name of ['br0', 'br1', 'br2']) {
      agent.machine.hold('0000:05:10.0', { kind: 'bridge', name });
      await agent.clock.advance(10_000);
    }
    agent.bus.mend();
    await agent.clock.advance(1_000);
    expect(agent.reports()).toHaveLength(2);
    expect(agent.lastReport()?.nics.find(({ name }) => name === 'enp5s0f0v0')?.master).toBe('br2');
  });

  it('are not sent again after a loss in which nothing changed: the heartbeat tells the digest', async () => {
    const agent = agentUnderTest();
    await agent.start();
    agent.bus.cut();
    await agent.clock.advance(30_000);
    agent.bus.mend();
    await agent.clock.advance(30_000);
    expect(agent.reports()).toHaveLength(1);
  });

  it('are made few while many VFs come', async () => {
    const agent = agentUnderTest({ faults: [{ kind: 'slow', pf: PF, factor: 20 }] });
    await agent.start();
    await agent.want(7);
    await agent.settled();
    expect(agent.reports().length).toBeLessThan(15);
  });

  it('carry settlements also when the host cannot be scanned', async () => {
    const agent = agentUnderTest();
    await agent.start();
    const end = agent.machine.inject({ kind: 'scan-fails', message: 'no sysfs' });
    await agent.want(3);
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' } });
    expect(agent.lastReport()).toMatchObject({ devices: null, scanError: 'the host could not be scanned: no sysfs' });
    expect(agent.pfReport()).toMatchObject({ driver: 'igb', persisted: 3 });
    expect(await agent.problems()).toEqual(['the host could not be scanned: no sysfs']);
    end();
    await agent.clock.advance(60_000);
    expect(agent.lastReport()?.devices).not.toBeNull();
    expect(await agent.problems()).toEqual([]);
  });

  it('F60: carry settlements also when a scan hangs', async () => {
    const agent = agentUnderTest();
    await agent.start();
    agent.machine.inject({ kind: 'scan-hangs' });
    await agent.want(3);
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' } });
    expect(agent.lastReport()?.scanError).toContain('60 s');
  });
});

it('tells of messages it cannot read', async () => {
  const agent = agentUnderTest();
  await agent.start();
  agent.bus.babble('vfs-wanted', 'numOfVfs: expected number');
  await agent.clock.advance(0);
  expect(agent.bus.said.at(-1)).toMatchObject({
    name: 'host-agent.message-refused',
    payload: { hostId: 'alpha', message: 'vfs-wanted', problem: 'numOfVfs: expected number' },
  });
});

it('starts without a broker and says so', async () => {
  const agent = agentUnderTest();
  agent.bus.cut();
  await agent.start();
  expect(await agent.problems()).toEqual(['there is no contact with the message broker']);
  agent.bus.mend();
  await agent.clock.advance(1_000);
  expect(await agent.problems()).toEqual([]);
  expect(agent.reports()).toHaveLength(1);
});

it('closes while a change runs, and the next start goes on with it', async () => {
  const agent = agentUnderTest();
  await agent.start();
  await agent.want(7);
  await agent.until(() => agent.machine.writerAlive(PF));
  await agent.close();
  expect(await agent.state.journal(PF)).toMatchObject({ generation: 1, to: 7 });
  await agent.start();
  await agent.wantAgain();
  expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' }, existing: 7 });
});
