import { describe, expect, it } from 'vitest';
import { agentUnderTest, PF } from './testing/agent-under-test.ts';

const SLOW = [{ kind: 'slow', pf: PF, factor: 18 }] as const;

async function changingAgent({ existing = 3, persisted = existing as number | null } = {}) {
  const agent = agentUnderTest({ existing, persisted, faults: [...SLOW] });
  await agent.start();
  await agent.want(7);
  await agent.until(() => agent.machine.writerAlive(PF));
  return agent;
}

describe('contact lost during a change', () => {
  it('for a minute takes the change back: it may have cut the management link', async () => {
    const agent = await changingAgent();
    agent.bus.cut();
    await agent.until(async () => (await agent.state.settlement(PF)) !== null, 400_000);
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([0, 7, 0, 3]);
    expect(agent.machine.numVfs(PF)).toBe(3);
    expect(await agent.persisted()).toBe(3);
    expect(await agent.state.journal(PF)).toBeNull();
    agent.bus.mend();
    expect(await agent.settled()).toMatchObject({
      outcome: { result: 'failed', failure: { code: 'CONTACT_LOST', cause: expect.stringContaining('60 s') } },
      existing: 3,
    });
  });

  it('and back in time changes nothing', async () => {
    const agent = await changingAgent();
    agent.bus.cut();
    await agent.clock.advance(20_000);
    agent.bus.mend();
    await agent.clock.advance(20_000);
    agent.bus.cut();
    await agent.clock.advance(20_000);
    agent.bus.mend();
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' }, existing: 7 });
  });

  it('after the number was applied and before the report was confirmed takes it back too', async () => {
    const agent = agentUnderTest({ existing: 3, persisted: 3 });
    await agent.start();
    await agent.want(7);
    await agent.until(() => agent.machine.numVfs(PF) === 7);
    agent.bus.cut();
    await agent.until(async () => (await agent.state.settlement(PF))?.outcome.result === 'applied', 30_000);
    expect(await agent.persisted()).toBe(7);
    await agent.until(async () => (await agent.state.settlement(PF))?.outcome.result === 'failed', 120_000);
    expect(agent.machine.numVfs(PF)).toBe(3);
    expect(await agent.persisted()).toBe(3);
    agent.bus.mend();
    await agent.until(() => agent.settlement() !== null, 10_000);
    expect(agent.settlement()).toMatchObject({ outcome: { result: 'failed', failure: { code: 'CONTACT_LOST' } } });
  });

  it('leaves an unmanaged PF unmanaged', async () => {
    const agent = agentUnderTest({ existing: 2 });
    await agent.start();
    await agent.want(7);
    await agent.until(() => agent.machine.numVfs(PF) === 7);
    agent.bus.cut();
    await agent.until(async () => (await agent.state.settlement(PF))?.outcome.result === 'failed', 180_000);
    expect(agent.machine.numVfs(PF)).toBe(2);
    expect(await agent.persisted()).toBeNull();
  });

  it('after the report was confirmed means nothing to the change', async () => {
    const agent = agentUnderTest({ existing: 3 });
    await agent.start();
    await agent.want(7);
    await agent.settled();
    await agent.clock.advance(1_000);
    agent.bus.cut();
    await agent.clock.advance(600_000);
    expect(agent.machine.numVfs(PF)).toBe(7);
    expect(await agent.state.settlement(PF)).toMatchObject({ outcome: { result: 'applied' } });
  });

  it('with a report delivered whose confirm was lost is made good when contact is back in time', async () => {
    const agent = agentUnderTest();
    await agent.start();
    await agent.want(2);
    agent.bus.loseConfirms();
    await agent.until(() => !agent.bus.connected());
    await agent.clock.advance(10_000);
    agent.bus.mend();
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' } });
    await agent.clock.advance(600_000);
    expect(agent.machine.numVfs(PF)).toBe(2);
  });

  it('that is overtaken takes the one that followed it back too, to what was before both', async () => {
    const agent = await changingAgent();
    await agent.want(5);
    agent.bus.cut();
    await agent.until(async () => (await agent.state.settlement(PF))?.outcome.result === 'failed', 400_000);
    expect(await agent.state.settlement(PF)).toMatchObject({
      generation: 2,
      outcome: { failure: { code: 'CONTACT_LOST' } },
    });
    expect(agent.machine.numVfs(PF)).toBe(3);
  });

  it('that touched no VF takes nothing back', async () => {
    const agent = agentUnderTest({ existing: 3 });
    await agent.start();
    agent.machine.readNumVfs = ((read) => async (pf, deadlineMs) => {
      agent.bus.cut();
      return read(pf, deadlineMs);
    })(agent.machine.readNumVfs);
    await agent.want(3);
    await agent.clock.advance(600_000);
    agent.bus.mend();
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' } });
    expect(agent.machine.writes()).toEqual([]);
  });
});
