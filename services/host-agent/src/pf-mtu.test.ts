import { MTU_IN_USE_CODE } from '@vfleet/contracts/vocabulary/pf-mtu';
import { describe, expect, it } from 'vitest';
import { stateFiles } from './state-files.ts';
import { agentUnderTest, PF } from './testing/agent-under-test.ts';
import type { Death } from './testing/killable.ts';

const VF = '0000:05:10.0';
const FROM_3 = { existing: 3, persisted: 3 };

describe('the MTU of a PF', () => {
  it('is set and persisted without a VF being touched', async () => {
    const agent = agentUnderTest(FROM_3);
    await agent.start();
    await agent.want(3, { mtu: 9000 });
    const settlement = await agent.settled();
    expect(settlement).toMatchObject({ wanted: 3, wantedMtu: 9000, outcome: { result: 'applied' }, existing: 3 });
    expect([await agent.mtu(), await agent.persistedMtu()]).toEqual([9000, 9000]);
    expect(agent.machine.writes()).toEqual([]);
    expect(agent.pfReport()?.persistedMtu).toBe(9000);
    await agent.close();
  });

  it('is left alone again when none is wanted any more', async () => {
    const agent = agentUnderTest(FROM_3);
    await agent.start();
    await agent.want(3, { mtu: 9000 });
    await agent.settled();
    await agent.want(3, { mtu: null });
    expect(await agent.settled()).toMatchObject({ wantedMtu: null, outcome: { result: 'applied' } });
    expect([await agent.mtu(), await agent.persistedMtu()]).toEqual([9000, null]);
    await agent.close();
  });

  it('is not set while a VF is in use, which is refused and names it', async () => {
    const agent = agentUnderTest(FROM_3);
    await agent.start();
    agent.machine.hold(VF, { kind: 'vfio', process: { name: 'qemu-kvm', pid: 7 } });
    await agent.want(3, { mtu: 9000 });
    expect((await agent.settled()).outcome).toMatchObject({
      result: 'refused',
      failure: { code: MTU_IN_USE_CODE, cause: expect.stringContaining(VF) },
    });
    expect([await agent.mtu(), await agent.persistedMtu()]).toEqual([1500, null]);
    await agent.close();
  });

  it('that is in force does not disturb VFs in use when the number is sent again', async () => {
    const agent = agentUnderTest(FROM_3);
    await agent.start();
    await agent.want(3, { mtu: 9000 });
    await agent.settled();
    await agent.machine.setPfMtu(PF, 9216);
    agent.machine.hold(VF, { kind: 'vfio', process: { name: 'qemu-kvm', pid: 7 } });
    await agent.want(3, { mtu: 9000 });
    expect((await agent.settled()).outcome).toEqual({ result: 'applied' });
    expect(await agent.mtu()).toBe(9216);
    await agent.close();
  });

  it('that the kernel refuses changes nothing else, and tells cause and remedy', async () => {
    const agent = agentUnderTest(FROM_3);
    await agent.start();
    await agent.want(3, { mtu: 9217 });
    expect((await agent.settled()).outcome).toMatchObject({
      result: 'failed',
      failure: {
        code: 'MTU_REFUSED',
        cause: expect.stringMatching(/mtu greater than device maximum.*Nothing was changed/),
      },
    });
    expect([await agent.mtu(), agent.machine.numVfs(PF), await agent.persistedMtu()]).toEqual([1500, 3, null]);
    await agent.close();
  });

  it('that does not hold fails', async () => {
    const agent = agentUnderTest({ ...FROM_3, faults: [{ kind: 'mtu-ignored', pf: PF }] });
    await agent.start();
    await agent.want(3, { mtu: 9000 });
    expect((await agent.settled()).outcome).toMatchObject({ failure: { code: 'MTU_NOT_KEPT' } });
    await agent.close();
  });

  it('goes back with the number when VFs cannot be made', async () => {
    const faults = [{ kind: 'errno' as const, pf: PF, errno: 'ENOSPC', writes: { count: 5, times: null } }];
    const agent = agentUnderTest({ ...FROM_3, faults });
    await agent.start();
    await agent.want(5, { mtu: 9000 });
    expect((await agent.settled()).outcome).toMatchObject({
      result: 'failed',
      failure: { code: 'ENOSPC', cause: expect.stringContaining('MTU of the physical function is 1500 again') },
    });
    expect([await agent.mtu(), agent.machine.numVfs(PF)]).toEqual([1500, 3]);
    expect([await agent.persisted(), await agent.persistedMtu()]).toEqual([3, null]);
    await agent.close();
  });

  it('goes back when contact is lost over it', async () => {
    const agent = agentUnderTest(FROM_3);
    await agent.start();
    await agent.want(5, { mtu: 9000 });
    await agent.until(() => agent.machine.numVfs(PF) === 5);
    agent.bus.cut();
    await agent.clock.advance(90_000);
    agent.bus.mend();
    expect((await agent.settled()).outcome).toMatchObject({ result: 'failed', failure: { code: 'CONTACT_LOST' } });
    expect([await agent.mtu(), await agent.persistedMtu()]).toEqual([1500, null]);
    await agent.close();
  });
});

/** Every way to die in a change of number and MTU, or of the MTU alone. */
async function deathsIn(to: number): Promise<{ to: number; death: Death }[]> {
  const agent = agentUnderTest(FROM_3);
  const process = await agent.start();
  await agent.want(to, { mtu: 9000 });
  await agent.clock.advance(20_000);
  return Array.from({ length: process.calls() }, (_, index) => index + 1).flatMap((atCall) =>
    (['before', 'after'] as const).map((when) => ({ to, death: { atCall, when } })),
  );
}

const deaths = (await Promise.all([deathsIn(3), deathsIn(5), deathsIn(0)])).flat();

describe('an agent killed at any call of a change of the MTU', () => {
  it.each(deaths)(
    'to $to VFs, $death.when call $death.atCall: the next one sets it when it is told again',
    async ({ to, death }) => {
      const agent = agentUnderTest(FROM_3);
      await agent.start(death);
      await agent.want(to, { mtu: 9000 });
      await agent.clock.advance(20_000);
      agent.kill();
      await agent.start();
      await agent.until(async () => {
        if ((agent.settlement()?.generation ?? 0) >= 1) return true;
        await agent.wantAgain();
        return false;
      });
      expect(agent.settlement()).toMatchObject({ wantedMtu: 9000, outcome: { result: 'applied' } });
      expect([await agent.mtu(), agent.machine.numVfs(PF)]).toEqual([9000, to]);
      expect(await stateFiles(agent.disk).persisted(PF)).toMatchObject({ count: to, mtu: 9000 });
      expect(await agent.state.journal(PF)).toBeNull();
    },
  );

  it.each(deaths)(
    'to $to VFs, $death.when call $death.atCall: without contact the next one has done all of it or nothing',
    async ({ to, death }) => {
      const agent = agentUnderTest(FROM_3);
      await agent.start(death);
      await agent.want(to, { mtu: 9000 });
      await agent.clock.advance(300);
      agent.kill();
      agent.bus.cut();
      await agent.start();
      await agent.clock.advance(180_000);
      const isApplied = (await agent.state.settlement(PF))?.outcome.result === 'applied';
      expect([await agent.mtu(), agent.machine.numVfs(PF)]).toEqual(isApplied ? [9000, to] : [1500, 3]);
      expect(await agent.persistedMtu()).toBe(isApplied ? 9000 : null);
    },
  );
});
