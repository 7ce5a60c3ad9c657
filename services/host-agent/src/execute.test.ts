import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { DEMO_SCENARIOS } from './adapters/scenarios.ts';
import type { FaultInput } from './adapters/simulated/faults.ts';
import { simulatedHost } from './adapters/simulated-host.ts';
import { beginJournal } from './core/journal.ts';
import { type PlannedPf, planNumVfs } from './core/plan-num-vfs.ts';
import { execute } from './execute.ts';
import type { Host } from './host.ts';
import { stateFiles } from './state-files.ts';
import { memoryFiles } from './testing/memory-files.ts';
import { passing, until } from './testing/passing.ts';
import type { Stop, Walking } from './walk.ts';

const PF = '0000:05:00.0';

function machine({ faults = [], existing = 0 }: { faults?: FaultInput[]; existing?: number } = {}) {
  const clock = virtualClock();
  const [card, ...cards] = DEMO_SCENARIOS.alpha.cards;
  if (!card) throw new Error('alpha has a card');
  const ports = card.ports.map((port) => ({ ...port, vfs: existing }));
  const host = simulatedHost({
    scenario: { ...DEMO_SCENARIOS.alpha, cards: [{ ...card, ports }, ...cards], faults },
    clock,
    seed: 'alpha',
  });
  const told: string[] = [];
  let stop: Stop | null = null;
  const walking: Walking = {
    address: PF,
    host,
    files: stateFiles(memoryFiles()),
    clock,
    log: silentLog,
    settings: { pollMs: 250, progressMs: 1000, rebindMs: 10_000 },
    progress: (step, done, total) => told.push(`${step} ${done}/${total}`),
    stopped: () => stop,
  };
  const steps = async (wanted: number) => {
    const found = await host.lookAtPf(PF);
    if (!found) throw new Error('no PF');
    const pf: PlannedPf = { ...found, mtu: null, expectNetdevs: true };
    const journal = beginJournal({
      wanted: { vfsConfigId: 'c1', pciAddress: PF, generation: 1, numOfVfs: wanted, mtu: null },
      found: pf,
      persisted: null,
      open: null,
      startedAt: '2026-01-01T00:00:00.000Z',
    });
    const planned = planNumVfs(pf, { journal, open: null }, { overrideMs: null });
    if (!planned.ok) throw new Error('within the total');
    return planned.steps;
  };
  const walk = async (wanted: number, more: Partial<Walking> = {}) =>
    passing(clock, execute(await steps(wanted), { ...walking, ...more }));
  return { clock, host, walking, walk, told, stop: (by: Stop) => (stop = by) };
}

it('walks a change to its end and tells of every step', async () => {
  const { walk, host, walking, told } = machine({ existing: 2 });
  expect(await walk(3)).toEqual({ kind: 'done', wrote: true });
  expect(host.numVfs(PF)).toBe(3);
  expect(await walking.files.persisted(PF)).toMatchObject({ count: 3, identity: { deviceId: '0x10c9' }, mtu: null });
  expect(await walking.files.settlement(PF)).toMatchObject({
    generation: 1,
    outcome: { result: 'applied' },
    existing: 3,
  });
  expect(await walking.files.journal(PF)).toBeNull();
  const names = [...new Set(told.map((line) => line.replace(/ \d+\/\d+$/, '')))];
  expect(names.join(', ')).toBe(
    'check holders, journal, write 0, await 0 VFs, write 3, read back 3, await 3 VFs, await 3 netdevs, PF up, persist 3, settle',
  );
});

it('has the journal on disk before the first write', async () => {
  const { walk, walking, host } = machine();
  const seen: unknown[] = [];
  const watching: Host = {
    ...host,
    writeNumVfs: async (...write) => {
      seen.push(await walking.files.journal(PF));
      return host.writeNumVfs(...write);
    },
  };
  await walk(2, { host: watching });
  expect(seen).toMatchObject([{ generation: 1, from: 0, to: 2 }]);
});

it('tells of VFs at most once a second while a write runs, counting up', async () => {
  const { walk, told } = machine();
  await walk(7);
  const counts = told.filter((line) => line.startsWith('write 7')).map((line) => Number(/ (\d+)\//.exec(line)?.[1]));
  expect(counts.length).toBeLessThanOrEqual(4);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(Math.max(...counts)).toBeGreaterThan(0);
});

/** A VF that was handed out and not given back. */
const PREPARED = { fence: 3, claimId: 'k3', cleaned: false, before: null, holder: null };

describe('ends at the first step that fails', () => {
  it('F5: with the errno, having written nothing', async () => {
    const { walk } = machine({ faults: [{ kind: 'errno', pf: PF, errno: 'ENOSPC' }] });
    expect(await walk(2)).toEqual({
      kind: 'failed',
      failure: { kind: 'errno', errno: 'ENOSPC', writing: 2 },
      wrote: false,
    });
  });

  it('F5: with the errno of the second write, having written the first', async () => {
    const { walk } = machine({
      existing: 3,
      faults: [{ kind: 'errno', pf: PF, errno: 'ENOMEM', writes: { count: 5 } }],
    });
    expect(await walk(5)).toMatchObject({ kind: 'failed', failure: { errno: 'ENOMEM', writing: 5 }, wrote: true });
  });

  it('F4: with both counts when the kernel made fewer, at once', async () => {
    const { walk, told } = machine({ faults: [{ kind: 'fewer-vfs', pf: PF, enabled: 5 }] });
    expect(await walk(7)).toEqual({ kind: 'failed', failure: { kind: 'fewer-vfs', asked: 7, got: 5 }, wrote: true });
    expect(told.some((line) => line.startsWith('await'))).toBe(false);
  });

  it('F12: waits for late links, and fails when they do not come', async () => {
    const late = machine({ faults: [{ kind: 'links-late', pf: PF, afterMs: 20_000 }] });
    expect(await late.walk(2)).toMatchObject({ kind: 'done' });
    const never = machine({ faults: [{ kind: 'links-late', pf: PF, afterMs: 900_000 }] });
    expect(await never.walk(2)).toMatchObject({
      failure: { kind: 'vfs-never-appeared', asked: 2, got: 0, afterMs: 34_000 },
      wrote: true,
    });
  });

  it('when the PF goes away', async () => {
    const { walk, host, clock } = machine({ existing: 2 });
    const walked = walk(4);
    await until(clock, async () => await host.writerAlive(PF));
    host.removePf(PF);
    expect(await walked).toMatchObject({ kind: 'failed', failure: { errno: 'ENODEV' } });
  });

  it('with a fault of the machine in words', async () => {
    const { walk, host } = machine();
    const broken: Host = { ...host, lookAtPf: () => Promise.reject(new Error('no sysfs')) };
    expect(await walk(2, { host: broken })).toEqual({
      kind: 'failed',
      failure: { kind: 'host-fault', problem: 'no sysfs' },
      wrote: false,
    });
  });

  it('with a disk that refuses the journal, before anything is written', async () => {
    const { walk, host } = machine();
    const full = { ...memoryFiles(), write: () => Promise.reject(new Error('ENOSPC: no space left on device')) };
    expect(await walk(2, { files: stateFiles(full) })).toMatchObject({ failure: { kind: 'state-file' }, wrote: false });
    expect(host.writes()).toEqual([]);
  });
});

describe('VFs in use', () => {
  it('are told, and nothing is written', async () => {
    const { walk, host, clock } = machine({ existing: 2 });
    await clock.advance(1000);
    host.hold('0000:05:10.2', { kind: 'bridge', name: 'br0' });
    expect(await walk(4)).toMatchObject({
      failure: { kind: 'in-use', vfs: [{ pciAddress: '0000:05:10.2', reasons: [{ code: 'BRIDGE' }] }] },
      wrote: false,
    });
    expect(host.writes()).toEqual([]);
  });

  it('are those too that were prepared for a virtual machine and not cleaned', async () => {
    const { walk, walking, host } = machine({ existing: 2 });
    const fence = { ...PREPARED, machineBoot: await host.bootId() };
    await walking.files.keepFence('0000:05:10.0', fence);
    expect(await walk(4)).toMatchObject({ failure: { kind: 'in-use', vfs: [{ reasons: [{ code: 'CLAIMED' }] }] } });
  });

  it('are not those that were prepared in an earlier boot of the machine: they were made anew', async () => {
    const { walk, walking } = machine({ existing: 2 });
    const fence = { ...PREPARED, machineBoot: 'an earlier one' };
    await walking.files.keepFence('0000:05:10.0', fence);
    expect(await walk(4)).toMatchObject({ kind: 'done' });
  });
});

describe('a write that does not end', () => {
  it('F7: is stuck after its deadline, and nothing else is written', async () => {
    const { walk, host, clock } = machine({ faults: [{ kind: 'hang', pf: PF }] });
    const began = clock.now();
    expect(await walk(2)).toEqual({ kind: 'stuck', wrote: false });
    expect(clock.now() - began).toBeGreaterThanOrEqual(34_000);
    expect(host.writes()).toHaveLength(1);
  });

  it('F8: of another process is waited for, then ours is made', async () => {
    const { walk, host } = machine({ faults: [{ kind: 'slow', pf: PF, factor: 4, writes: { times: 1 } }] });
    void host.writeNumVfs(PF, 2, 1);
    expect(await walk(2)).toMatchObject({ kind: 'done' });
    expect(host.writes()).toHaveLength(2);
  });
});

describe('netdevs', () => {
  it('F11: a VF bound again may get its netdev', async () => {
    const { walk, host } = machine({ faults: [{ kind: 'netdev-never', pf: PF, vf: 1, healsOnRebind: true }] });
    expect(await walk(2)).toMatchObject({ kind: 'done' });
    expect((await host.lookAtPf(PF))?.vfs.map(({ netns }) => netns)).toEqual(['here', 'here']);
  });

  it('F11: one that never comes leaves its VF unusable and the change done', async () => {
    const { walk, host } = machine({ faults: [{ kind: 'netdev-never', pf: PF, vf: 1 }] });
    expect(await walk(3)).toMatchObject({ kind: 'done' });
    expect((await host.lookAtPf(PF))?.vfs.map(({ netns }) => netns)).toEqual(['here', 'none', 'here']);
  });

  it('F10: a late one is waited for', async () => {
    const { walk, host } = machine({ faults: [{ kind: 'netdev-late', pf: PF, vf: 0, afterMs: 25_000 }] });
    await walk(1);
    expect((await host.lookAtPf(PF))?.vfs[0]?.netns).toBe('here');
  });
});

describe('a walk that is stopped', () => {
  it('finishes the write that runs', async () => {
    const { walk, host, clock, stop } = machine({ existing: 2 });
    const walked = walk(7);
    await until(clock, async () => await host.writerAlive(PF));
    stop('overtaken');
    expect(await walked).toEqual({ kind: 'stopped', by: 'overtaken', wrote: true });
    expect(host.numVfs(PF)).toBe(0);
    expect(host.writes()).toHaveLength(1);
  });

  it('does not wait for VFs any longer', async () => {
    const { walk, told, clock, stop } = machine({ faults: [{ kind: 'netdev-late', pf: PF, vf: 0, afterMs: 25_000 }] });
    const walked = walk(1);
    await until(clock, () => told.some((line) => line.startsWith('await 1 netdevs')));
    stop('contact-lost');
    expect(await walked).toEqual({ kind: 'stopped', by: 'contact-lost', wrote: true });
  });
});
