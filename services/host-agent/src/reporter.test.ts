import { describe, expect, it } from 'vitest';
import { agentUnderTest, PF } from './testing/agent-under-test.ts';

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

  it('F13: tell a change that ends while a scan runs as under way, and its end with the next scan', async () => {
    const agent = agentUnderTest({ existing: 2, persisted: 2 });
    const { scan } = agent.machine;
    agent.machine.scan = async () => {
      const seen = await scan();
      await agent.clock.sleep(20_000);
      return seen;
    };
    await agent.start();
    await agent.clock.advance(20_000);
    await agent.want(7);
    await agent.settled();
    const told = agent.reports().map(({ pfs, vfs }) => {
      const pf = pfs.find(({ pciAddress }) => pciAddress === PF);
      return { vfs: vfs.length, isOver: pf?.changing === null, warning: pf?.warning };
    });
    expect(told.filter(({ isOver }) => isOver)).toEqual([
      { vfs: 2, isOver: true, warning: null },
      { vfs: 7, isOver: true, warning: null },
    ]);
    expect(told.length).toBeGreaterThan(2);
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
