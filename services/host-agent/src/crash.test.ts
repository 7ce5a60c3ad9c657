import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultInput } from './adapters/simulated/faults.ts';
import { FIRST_MTU } from './adapters/simulated/memory.ts';
import { type AgentUnderTest, agentUnderTest, PF } from './testing/agent-under-test.ts';
import type { Death } from './testing/killable.ts';

/** Inventory sends what is not settled again with every report it gets, and after every start. */
async function untilSettled(agent: AgentUnderTest, generation: number): Promise<void> {
  await agent.until(async () => {
    if ((agent.settlement()?.generation ?? 0) >= generation) return true;
    await agent.wantAgain();
    agent.machine.releaseWrite(PF);
    return false;
  });
}

/** What must hold however a change ended: nobody was lied to, and a reboot restores what was promised. */
async function expectHonest(
  agent: AgentUnderTest,
  before: { existing: number; persisted: number | null },
  wanted: readonly number[],
) {
  const settlement = agent.settlement();
  const holds = agent.machine.numVfs(PF);
  const persisted = await agent.persisted();
  const mtu = await agent.mtu();
  expect(settlement?.existing).toBe(holds);
  expect(await agent.state.journal(PF)).toBeNull();
  expect(await agent.state.settlement(PF)).toEqual(settlement);
  if (settlement?.outcome.result === 'applied') {
    expect([holds, persisted]).toEqual([settlement.wanted, settlement.wanted]);
    expect(await agent.persistedMtu()).toBe(settlement.wantedMtu);
    if (settlement.wantedMtu !== null) expect(mtu).toBe(settlement.wantedMtu);
    return;
  }
  // An overtaken generation may have been applied before the one that failed was begun.
  const earlier = wanted.slice(0, -1);
  expect([before.persisted, ...earlier]).toContain(persisted);
  const cause = settlement?.outcome.failure.cause ?? '';
  if (/failed too|not written again/.test(cause)) return;
  expect([before.existing, ...earlier]).toContain(holds);
  if (earlier.length === 0) expect(mtu).toBe(FIRST_MTU);
}

type Life = (agent: AgentUnderTest) => Promise<void>;

/** Every way to die in a life: before or after each call to the outside that it makes in all. */
async function deathsIn(open: () => AgentUnderTest, live: Life): Promise<Death[]> {
  const agent = open();
  const process = await agent.start();
  await live(agent);
  return Array.from({ length: process.calls() }, (_, index) => index + 1).flatMap((atCall): Death[] => [
    { atCall, when: 'before' },
    { atCall, when: 'after' },
  ]);
}

const FROM_3 = { existing: 3, persisted: 3 };

const open = () => agentUnderTest(FROM_3);
const change: Life = async (agent) => {
  await agent.want(5);
  await agent.clock.advance(20_000);
};
const deaths = await deathsIn(open, change);

const openFailing = () =>
  agentUnderTest({
    ...FROM_3,
    faults: [{ kind: 'errno', pf: PF, errno: 'ENOSPC', writes: { count: 5, times: null } }],
  });
const deathsOnTheWayBack = await deathsIn(openFailing, change);

const changeAndLoseContact: Life = async (agent) => {
  await agent.want(5);
  await agent.until(() => agent.machine.numVfs(PF) === 5 || agent.isDead());
  agent.bus.cut();
  await agent.clock.advance(90_000);
};
const deathsTakingBack = await deathsIn(open, changeAndLoseContact);

describe('an agent killed at any call of a change from 3 to 5 VFs', () => {
  it.each(deaths)('$when call $atCall: the next one settles it as applied when it is sent again', async (death) => {
    const agent = open();
    await agent.start(death);
    await change(agent);
    agent.kill();
    await agent.start();
    await untilSettled(agent, 1);
    expect(agent.settlement()?.outcome).toEqual({ result: 'applied' });
    await expectHonest(agent, FROM_3, [5]);
  });

  it.each(deaths)('$when call $atCall: without contact the next one holds 3 or 5 and says which', async (death) => {
    const agent = open();
    await agent.start(death);
    await agent.want(5);
    await agent.clock.advance(300);
    agent.kill();
    agent.bus.cut();
    await agent.start();
    await agent.clock.advance(180_000);
    const holds = agent.machine.numVfs(PF);
    const isSettled = (await agent.state.settlement(PF)) !== null;
    if (!isSettled) return expect(holds).toBe(3);
    agent.bus.mend();
    await untilSettled(agent, 1);
    await expectHonest(agent, FROM_3, [5]);
    expect(agent.machine.numVfs(PF)).toBe(holds);
  });

  it.each(deathsOnTheWayBack)('$when call $atCall: the next one settles a failing one as failed', async (death) => {
    const agent = openFailing();
    await agent.start(death);
    await change(agent);
    agent.kill();
    await agent.start();
    await untilSettled(agent, 1);
    expect(agent.settlement()?.outcome).toMatchObject({ result: 'failed', failure: { code: 'ENOSPC' } });
    await expectHonest(agent, FROM_3, [5]);
    expect(agent.machine.numVfs(PF)).toBe(3);
  });

  it.each(deathsTakingBack)(
    '$when call $atCall: the next one finishes the taking back for lost contact',
    async (death) => {
      const agent = open();
      await agent.start(death);
      await changeAndLoseContact(agent);
      agent.kill();
      await agent.start();
      await agent.clock.advance(180_000);
      agent.bus.mend();
      await untilSettled(agent, 1);
      await expectHonest(agent, FROM_3, [5]);
    },
  );
});

it('an agent killed again and again, whatever befalls the host, ends honest', async () => {
  const death = fc.record({
    atCall: fc.integer({ min: 1, max: deaths.length }),
    when: fc.constantFrom('before' as const, 'after' as const),
  });
  const fault: fc.Arbitrary<FaultInput> = fc.oneof(
    fc.record({
      kind: fc.constant('errno' as const),
      pf: fc.constant(PF),
      errno: fc.constantFrom('ENOSPC', 'EBUSY', 'EIO'),
      writes: fc.record({ skip: fc.nat(3) }),
    }),
    fc.record({ kind: fc.constant('hang' as const), pf: fc.constant(PF), writes: fc.record({ skip: fc.nat(2) }) }),
    fc.record({
      kind: fc.constant('fewer-vfs' as const),
      pf: fc.constant(PF),
      enabled: fc.nat(2),
      writes: fc.record({ skip: fc.nat(2) }),
    }),
    fc.record({ kind: fc.constant('netdev-never' as const), pf: fc.constant(PF), vf: fc.nat(6) }),
    fc.record({ kind: fc.constantFrom('mtu-ignored' as const), pf: fc.constant(PF) }),
    fc.record({ kind: fc.constant('mtu-errno' as const), pf: fc.constant(PF), errno: fc.constantFrom('EBUSY', 'EIO') }),
  );
  const run = fc.record({
    existing: fc.nat(7),
    isManaged: fc.boolean(),
    to: fc.nat(7),
    deaths: fc.array(death, { maxLength: 3 }),
    aliveForMs: fc.integer({ min: 0, max: 20_000 }),
    faults: fc.array(fault, { maxLength: 2 }),
    overtakenBy: fc.option(fc.nat(7), { nil: null }),
    mtu: fc.constantFrom(null, 9000),
  });
  await fc.assert(
    fc.asyncProperty(run, async ({ existing, isManaged, to, deaths, aliveForMs, faults, overtakenBy, mtu }) => {
      const persisted = isManaged ? existing : null;
      const agent = agentUnderTest({ existing, persisted, faults });
      for (const [turn, death] of deaths.entries()) {
        await agent.start(death);
        if (turn === 0) await agent.want(to, { mtu });
        else await agent.wantAgain();
        await agent.clock.advance(aliveForMs);
        agent.kill();
      }
      await agent.start();
      if (deaths.length === 0) await agent.want(to, { mtu });
      else await agent.wantAgain();
      if (overtakenBy !== null) {
        await agent.clock.advance(aliveForMs);
        await agent.want(overtakenBy, { mtu });
      }
      await untilSettled(agent, overtakenBy === null ? 1 : 2);
      await expectHonest(agent, { existing, persisted }, overtakenBy === null ? [to] : [to, overtakenBy]);
    }),
    { numRuns: Number(process.env.CRASH_RUNS ?? 150) },
  );
});
