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
      wantedMtu: null,
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
