import { describe, expect, it } from 'vitest';
import { IN_USE_CODE } from './core/failure-causes.ts';
import { agentUnderTest, PF } from './testing/agent-under-test.ts';

const VF0 = '0000:05:10.0';
const failureOf = (settlement: { outcome: object }) =>
  (settlement.outcome as { failure?: { code: string; cause: string; remedy: string } }).failure;

describe('a change that fails', () => {
  it.each([
    'EBUSY',
    'ERANGE',
    'ENOENT',
    'ENOSPC',
    'ENOMEM',
    'EINVAL',
    'EPERM',
    'EACCES',
    'EAGAIN',
    'EIO',
    'EOPNOTSUPP',
    'ENODEV',
  ])('F5, F55: with %s returns to the number before and says why', async (errno) => {
    const agent = agentUnderTest({
      existing: 4,
      persisted: 4,
      faults: [{ kind: 'errno', pf: PF, errno, writes: { count: 7 } }],
    });
    await agent.start();
    await agent.want(7);
    const settlement = await agent.settled();
    expect(settlement).toMatchObject({ outcome: { result: 'failed', failure: { code: errno } }, existing: 4 });
    expect(failureOf(settlement)?.cause).toMatch(/enp5s0f0.*last known good number was written again: there are 4/);
    expect(agent.machine.writes().map(({ count }) => count)).toEqual([0, 7, 4]);
    expect(await agent.persisted()).toBe(4);
    expect(agent.pfReport()).toMatchObject({ changing: null, warning: null });
  });

  it.each([
    { given: 'refuses', existing: 5, outcome: { result: 'refused', failure: { code: 'EXISTING_VFS_CHANGED' } } },
    { given: 'keeps', existing: 4, outcome: { result: 'applied' } },
  ])('$given $existing VFs where 4 are to be kept, and writes nothing', async ({ existing, outcome }) => {
    const agent = agentUnderTest({ existing, persisted: 7 });
    await agent.start();
    await agent.want(4, { onlyIfExisting: 4 });
    expect(await agent.settled()).toMatchObject({ outcome, existing });
    expect(agent.machine.writes()).toEqual([]);
    expect(await agent.persisted()).toBe(existing === 4 ? 4 : 7);
  });

  it('writes nothing back when nothing was written', async () => {
    const agent = agentUnderTest({
      existing: 4,
      faults: [{ kind: 'errno', pf: PF, errno: 'EPERM', writes: { count: 0 } }],
    });
    await agent.start();
    await agent.want(7);
    const settlement = await agent.settled();
    expect(settlement).toMatchObject({ outcome: { result: 'failed', failure: { code: 'EPERM' } }, existing: 4 });
    expect(failureOf(settlement)?.cause).toContain('Nothing was changed; there are 4 virtual functions as before');
    expect(agent.machine.writes()).toHaveLength(1);
    expect(await agent.persisted()).toBeNull();
  });

  it('leaves an unmanaged PF unmanaged, with the VFs it had', async () => {
    const agent = agentUnderTest({
      existing: 3,
      faults: [{ kind: 'errno', pf: PF, errno: 'ENOSPC', writes: { count: 7 } }],
    });
    await agent.start();
    await agent.want(7);
    expect(await agent.settled()).toMatchObject({ existing: 3 });
    expect(await agent.persisted()).toBeNull();
  });

  it('returns to the persisted number rather than to the one found', async () => {
    const agent = agentUnderTest({
      existing: 2,
      persisted: 5,
      faults: [{ kind: 'errno', pf: PF, errno: 'ENOSPC', writes: { count: 7 } }],
    });
    await agent.start();
    await agent.want(7);
    expect(await agent.settled()).toMatchObject({ existing: 5 });
    expect(agent.machine.numVfs(PF)).toBe(5);
  });

  it('tells when the way back failed too, and what there is now', async () => {
    const agent = agentUnderTest({
      existing: 4,
      persisted: 4,
      faults: [
        { kind: 'errno', pf: PF, errno: 'ENOSPC', writes: { count: 7 } },
        { kind: 'errno', pf: PF, errno: 'EIO', writes: { count: 4 } },
      ],
    });
    await agent.start();
    await agent.want(7);
    const settlement = await agent.settled();
    expect(settlement).toMatchObject({ outcome: { failure: { code: 'ENOSPC' } }, existing: 0 });
    expect(failureOf(settlement)?.cause).toMatch(/ENOSPC.*number 4 again failed too.*EIO.*Now there are 0/);
    expect(await agent.persisted()).toBe(4);
    expect(agent.pfReport()?.warning).toContain('4 virtual functions are kept');
  });

  it('F4: with fewer VFs than asked names both counts', async () => {
    const agent = agentUnderTest({ existing: 2, persisted: 2, faults: [{ kind: 'fewer-vfs', pf: PF, enabled: 5 }] });
    agent.machine.inject({ kind: 'fewer-vfs', pf: PF, enabled: 5, writes: { count: 7 } });
    await agent.start();
    await agent.want(7);
    const settlement = await agent.settled();
    expect(failureOf(settlement)).toMatchObject({
      code: 'FEWER_VFS',
      cause: expect.stringMatching(/7 virtual functions.*only 5/),
    });
    expect(settlement.existing).toBe(2);
    expect(agent.machine.numVfs(PF)).toBe(2);
    expect(await agent.persisted()).toBe(2);
  });

  it('F2: because the total has shrunk is refused before anything is written', async () => {
    const agent = agentUnderTest({ existing: 4 });
    await agent.start();
    agent.machine.removePf(PF);
    agent.machine.returnPf(PF, { totalVfs: 2 });
    await agent.want(4);
    expect(await agent.settled()).toMatchObject({
      outcome: { result: 'failed', failure: { code: 'ERANGE', cause: expect.stringContaining('2') } },
    });
    expect(agent.machine.writes()).toEqual([]);
  });

  it('F3: because no driver is bound says so', async () => {
    const agent = agentUnderTest({ faults: [{ kind: 'driver-missing', pf: PF, afterBootMs: null }] });
    await agent.start();
    await agent.want(4);
    expect(failureOf(await agent.settled())).toMatchObject({
      code: 'ENOENT',
      cause: expect.stringContaining('no driver'),
    });
  });

  it('because the PF is missing says so', async () => {
    const agent = agentUnderTest({ faults: [{ kind: 'pf-missing', pf: PF }] });
    await agent.start();
    await agent.want(4);
    expect(await agent.settled()).toMatchObject({ outcome: { failure: { code: 'PF_MISSING' } }, existing: null });
  });

  it('because the PF vanished in the middle says so, and what could not be written back', async () => {
    const agent = agentUnderTest({ existing: 3, persisted: 3 });
    await agent.start();
    await agent.want(5);
    await agent.until(() => agent.machine.writes().some(({ count }) => count === 5));
    agent.machine.removePf(PF);
    const settlement = await agent.settled();
    expect(settlement).toMatchObject({ outcome: { failure: { code: 'ENODEV' } }, existing: null });
    expect(failureOf(settlement)?.cause).toMatch(/no physical function.*unknown/);
    expect(agent.pfReport()).toMatchObject({ persisted: 3, driver: null, warning: expect.stringContaining('forget') });
  });

  it('F55: because a state file cannot be read names it, and touches nothing', async () => {
    const agent = agentUnderTest({ existing: 3 });
    agent.disk.contents.set(`virtual_functions/${PF}`, 'seven');
    await agent.start();
    expect(agent.pfReport()?.warning).toContain(`virtual_functions/${PF}`);
    await agent.want(5);
    expect(failureOf(await agent.settled())).toMatchObject({
      code: 'STATE_FILE',
      cause: expect.stringContaining('seven'),
      remedy: expect.stringContaining(`forget ${PF}`),
    });
    expect(agent.machine.writes()).toEqual([]);
    expect(agent.disk.contents.get(`virtual_functions/${PF}`)).toBe('seven');
  });

  it('because the disk is full says so, and the VFs are as before', async () => {
    const agent = agentUnderTest({ existing: 3, persisted: 3 });
    await agent.start();
    const write = agent.disk.write;
    agent.disk.write = (path, text) =>
      path.startsWith('virtual_functions')
        ? Promise.reject(new Error('ENOSPC: no space left on device'))
        : write(path, text);
    await agent.want(5);
    const settlement = await agent.settled();
    expect(settlement).toMatchObject({ outcome: { failure: { code: 'STATE_FILE' } }, existing: 3 });
    expect(await agent.persisted()).toBe(3);
  });
});

describe('a VF in use', () => {
  it.each([
    { hold: { kind: 'vfio', process: { name: 'qemu-kvm', pid: 4242 } } as const, says: 'qemu-kvm (pid 4242)' },
    { hold: { kind: 'vfio', process: null, readable: false } as const, says: 'cannot be read' },
    { hold: { kind: 'netns', name: 'blue' } as const, says: 'another network namespace' },
    { hold: { kind: 'macvtap', name: 'macvtap0' } as const, says: 'macvtap0' },
    { hold: { kind: 'bridge', name: 'br0' } as const, says: 'br0' },
    { hold: { kind: 'vlan', name: 'vlan55', vlanId: 55 } as const, says: 'vlan55' },
    { hold: { kind: 'bond', name: 'bond7' } as const, says: 'bond7' },
    { hold: { kind: 'address', address: '192.0.2.9/24' } as const, says: '192.0.2.9/24' },
  ])('F7, F42: by $hold.kind refuses the change before the kernel can hang', async ({ hold, says }) => {
    const agent = agentUnderTest({ existing: 3, persisted: 3 });
    await agent.start();
    await agent.clock.advance(1_000);
    agent.machine.hold(VF0, hold);
    await agent.want(5);
    const settlement = await agent.settled();
    expect(settlement).toMatchObject({ outcome: { result: 'refused', failure: { code: IN_USE_CODE } }, existing: 3 });
    expect(failureOf(settlement)?.cause).toContain(VF0);
    expect(failureOf(settlement)?.cause).toContain(says);
    expect(agent.machine.writes()).toEqual([]);
    expect(await agent.state.journal(PF)).toBeNull();
  });

  it.each([
    { name: 'a link-local address', hold: { kind: 'address', address: 'fe80::1/64' } as const },
    { name: 'vfio with nobody at it', hold: { kind: 'vfio', process: null } as const },
  ])('is not one with $name', async ({ hold }) => {
    const agent = agentUnderTest({ existing: 3 });
    await agent.start();
    await agent.clock.advance(1_000);
    agent.machine.hold(VF0, hold);
    await agent.want(5);
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' } });
  });
});

describe('netdevs', () => {
  it('F11: one that never comes leaves its VF without, and the change applied', async () => {
    const agent = agentUnderTest({ faults: [{ kind: 'netdev-never', pf: PF, vf: 3 }] });
    await agent.start();
    await agent.want(5);
    expect(await agent.settled()).toMatchObject({ outcome: { result: 'applied' }, existing: 5 });
    expect(agent.lastReport()?.vfs.map(({ netns }) => netns)).toEqual(['here', 'here', 'here', 'none', 'here']);
  });

  it('F10: one that comes after the change is told when it is there', async () => {
    const agent = agentUnderTest({ faults: [{ kind: 'netdev-late', pf: PF, vf: 1, afterMs: 300_000 }] });
    await agent.start();
    await agent.want(2);
    await agent.settled();
    expect(agent.lastReport()?.vfs[1]?.netns).toBe('none');
    await agent.until(() => agent.lastReport()?.vfs[1]?.netns === 'here', 300_000);
  });
});
