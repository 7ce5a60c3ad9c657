import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { DEMO_SCENARIOS } from './adapters/scenarios.ts';
import type { FaultInput } from './adapters/simulated/faults.ts';
import { simulatedHost } from './adapters/simulated-host.ts';
import { restoreMessage } from './core/restore-message.ts';
import { forgetPf } from './forget.ts';
import { restoreNumVfs } from './restore.ts';
import { HostAgentSettings } from './settings.ts';
import { stateFiles } from './state-files.ts';
import { agentUnderTest, OTHER_PF, PF } from './testing/agent-under-test.ts';
import { memoryFiles } from './testing/memory-files.ts';
import { passing } from './testing/passing.ts';

const settings = HostAgentSettings.parse({});

function booted(persisted: Record<string, string>, faults: FaultInput[] = []) {
  const clock = virtualClock();
  const machine = simulatedHost({ scenario: { ...DEMO_SCENARIOS.alpha, faults }, clock, seed: 'alpha' });
  const files = memoryFiles(
    Object.fromEntries(Object.entries(persisted).map(([address, text]) => [`virtual_functions/${address}`, text])),
  );
  const restore = () => passing(clock, restoreNumVfs({ host: machine, files, clock, log: silentLog, settings }));
  return { clock, machine, files, restore };
}

describe('after a boot', () => {
  it('every persisted number is there again, each PF on its own', async () => {
    const { machine, restore, clock } = booted({ [PF]: '7', [OTHER_PF]: '3' });
    const began = clock.now();
    expect(await restore()).toEqual({
      ok: true,
      results: [
        { pciAddress: PF, count: 7, outcome: 'restored' },
        { pciAddress: OTHER_PF, count: 3, outcome: 'restored' },
      ],
    });
    expect([machine.numVfs(PF), machine.numVfs(OTHER_PF)]).toEqual([7, 3]);
    expect(clock.now() - began).toBeLessThan(4_000);
    expect((await machine.lookAtPf(PF))?.vfs.every(({ netns }) => netns === 'here')).toBe(true);
  });

  it('a number that holds is left alone', async () => {
    const { machine, restore } = booted({ [PF]: '0' });
    expect(await restore()).toEqual({ ok: true, results: [{ pciAddress: PF, count: 0, outcome: 'held' }] });
    expect(machine.writes()).toEqual([]);
  });

  it('an MTU is restored where the netdev comes later than the driver', async () => {
    const { machine, restore, clock, files } = booted({ [PF]: '4' });
    const { nicsOf } = machine;
    const cameAt = clock.now() + 5_000;
    machine.nicsOf = async (addresses) => (clock.now() < cameAt ? [] : nicsOf(addresses));
    await stateFiles(files).persist(PF, { count: 4, identity: null, mtu: 9000 });
    expect(await restore()).toMatchObject({ ok: true, results: [{ pciAddress: PF, count: 4, outcome: 'restored' }] });
    expect(await nicsOf([PF])).toMatchObject([{ mtu: 9000 }]);
  });

  it('0 is restored too', async () => {
    const { machine, restore, clock } = booted({ [PF]: '0' });
    await passing(clock, machine.writeNumVfs(PF, 2, 60_000));
    expect(await restore()).toMatchObject({ ok: true, results: [{ outcome: 'restored' }] });
    expect(machine.numVfs(PF)).toBe(0);
  });

  it('an unmanaged PF is never touched', async () => {
    const { machine, restore } = booted({});
    expect(await restore()).toEqual({ ok: true, results: [] });
    expect(machine.writes()).toEqual([]);
  });

  it('F48: a driver that comes late is waited for', async () => {
    const { machine, restore } = booted({ [PF]: '4' }, [{ kind: 'driver-missing', pf: PF, afterBootMs: 45_000 }]);
    expect(await restore()).toMatchObject({ ok: true });
    expect(machine.numVfs(PF)).toBe(4);
  });
});

describe('F59: one PF fails, all others are restored', () => {
  it.each([
    {
      name: 'F48: it has no driver',
      fault: { kind: 'driver-missing', pf: PF, afterBootMs: null } as const,
      code: 'DRIVER_MISSING',
    },
    { name: 'F48: it is missing', fault: { kind: 'pf-missing', pf: PF } as const, code: 'PF_MISSING' },
    { name: 'F5: the kernel refuses', fault: { kind: 'errno', pf: PF, errno: 'ENOSPC' } as const, code: 'ENOSPC' },
    { name: 'F4: it makes fewer VFs', fault: { kind: 'fewer-vfs', pf: PF, enabled: 2 } as const, code: 'FEWER_VFS' },
    { name: 'F7: the write hangs', fault: { kind: 'hang', pf: PF } as const, code: 'STUCK' },
  ])('$name', async ({ fault, code }) => {
    const { machine, restore } = booted({ [PF]: '4', [OTHER_PF]: '3' }, [fault]);
    const { ok, results } = await restore();
    expect(ok).toBe(false);
    expect(results[0]).toMatchObject({ pciAddress: PF, outcome: 'failed', failure: { code } });
    expect(restoreMessage(results)).toContain(`vfleet-host-agent forget ${PF}`);
    expect(machine.numVfs(OTHER_PF)).toBe(3);
  });

  it('its file cannot be read', async () => {
    const { machine, restore } = booted({ [PF]: 'x', [OTHER_PF]: '3' });
    expect(await restore()).toMatchObject({
      ok: false,
      results: [{ count: null, failure: { code: 'STATE_FILE', remedy: expect.stringContaining(`forget ${PF}`) } }, {}],
    });
    expect(machine.numVfs(OTHER_PF)).toBe(3);
  });

  it('F49: another card is at its address', async () => {
    const { machine, files, restore } = booted({ [PF]: '4', [OTHER_PF]: '3' });
    await stateFiles(files).persist(PF, {
      count: 4,
      identity: { vendorId: '0x8086', deviceId: '0x1521', mac: null },
      mtu: null,
    });
    expect(await restore()).toMatchObject({
      ok: false,
      results: [{ failure: { code: 'OTHER_CARD' } }, { outcome: 'restored' }],
    });
    expect(machine.numVfs(PF)).toBe(0);
  });

  it('and is restored no more once it is forgotten', async () => {
    const { files, restore } = booted({ [PF]: '4', [OTHER_PF]: '3' }, [{ kind: 'pf-missing', pf: PF }]);
    expect((await restore()).ok).toBe(false);
    await forgetPf({ files, address: PF });
    expect((await restore()).ok).toBe(true);
  });
});

describe('a change interrupted by a reboot', () => {
  it('F57: is closed, the persisted number restored, and carried out when it is sent again', async () => {
    const agent = agentUnderTest({ existing: 3, persisted: 3 });
    await agent.start();
    await agent.want(6);
    await agent.until(() => agent.machine.writes().some(({ count }) => count === 6));
    agent.kill();
    await agent.machine.reboot();
    const { host, files, clock, log } = { host: agent.machine, files: agent.disk, clock: agent.clock, log: silentLog };
    expect(await passing(clock, restoreNumVfs({ host, files, clock, log, settings }))).toMatchObject({ ok: true });
    expect(agent.machine.numVfs(PF)).toBe(3);
    expect(await agent.state.journal(PF)).toBeNull();
    await agent.start();
    expect(agent.settlement()).toBeNull();
    await agent.wantAgain();
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' }, existing: 6 });
  });

  it('is settled as failed when it was being taken back', async () => {
    const agent = agentUnderTest({
      existing: 3,
      persisted: 3,
      faults: [{ kind: 'errno', pf: PF, errno: 'ENOSPC', writes: { count: 6 } }],
    });
    await agent.start();
    await agent.want(6);
    await agent.until(async () => (await agent.state.journal(PF))?.fallingBack != null);
    agent.kill();
    await agent.machine.reboot();
    await passing(
      agent.clock,
      restoreNumVfs({ host: agent.machine, files: agent.disk, clock: agent.clock, log: silentLog, settings }),
    );
    await agent.start();
    expect(agent.settlement()).toMatchObject({
      outcome: { result: 'failed', failure: { code: 'ENOSPC' } },
      existing: 3,
    });
  });
});
