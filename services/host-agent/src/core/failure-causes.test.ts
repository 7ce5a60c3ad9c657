import { describe, expect, it } from 'vitest';
import { ERRNO_CAUSES } from './errno-causes.ts';
import { explainFailure, type FailureSeen, IN_USE_CODE, withWayBack } from './failure-causes.ts';

const pf = { pciAddress: '0000:05:00.1', nic: 'enp5s0f1', driver: 'igb', totalVfs: 7 };

/** Every kind of failure once; a new kind does not compile without a row. */
const EVERY_FAILURE: {
  [Kind in FailureSeen['kind']]: { seen: FailureSeen & { kind: Kind }; code: string; names: string[] };
} = {
  errno: { seen: { kind: 'errno', errno: 'EBUSY', writing: 4 }, code: 'EBUSY', names: ['EBUSY'] },
  'read-errno': { seen: { kind: 'read-errno', errno: 'EIO' }, code: 'EIO', names: ['EIO'] },
  'read-unfinished': { seen: { kind: 'read-unfinished' }, code: 'READ_UNFINISHED', names: ['sriov_numvfs'] },
  'over-total': { seen: { kind: 'over-total', asked: 8 }, code: 'ERANGE', names: ['8', '7'] },
  'other-number': {
    seen: { kind: 'other-number', expected: 4, got: 5 },
    code: 'EXISTING_VFS_CHANGED',
    names: ['4', '5'],
  },
  'fewer-vfs': { seen: { kind: 'fewer-vfs', asked: 7, got: 5 }, code: 'FEWER_VFS', names: ['7', '5'] },
  'changed-meanwhile': {
    seen: { kind: 'changed-meanwhile', asked: 4, got: 6 },
    code: 'CHANGED_MEANWHILE',
    names: ['4', '6'],
  },
  'vfs-never-appeared': {
    seen: { kind: 'vfs-never-appeared', asked: 7, got: 6, afterMs: 44_000 },
    code: 'VFS_NEVER_APPEARED',
    names: ['7', '6', '44 s'],
  },
  'vfs-never-left': {
    seen: { kind: 'vfs-never-left', left: 3, afterMs: 36_000 },
    code: 'VFS_NEVER_LEFT',
    names: ['3', '36 s'],
  },
  stuck: {
    seen: {
      kind: 'stuck',
      since: '2026-01-01T00:00:44.000Z',
      holder: '0000:05:10.1 is open through vfio by qemu-kvm (pid 7)',
    },
    code: 'STUCK',
    names: ['00:00:44', 'qemu-kvm (pid 7)'],
  },
  'in-use': {
    seen: {
      kind: 'in-use',
      mtuOnly: false,
      vfs: [{ pciAddress: '0000:05:10.3', reasons: [{ code: 'BRIDGE', text: 'is a port of a bridge (br0)' }] }],
    },
    code: IN_USE_CODE,
    names: ['0000:05:10.3', 'br0'],
  },
  'mtu-errno': {
    seen: { kind: 'mtu-errno', errno: 'EINVAL', text: 'mtu greater than device maximum.', mtu: 10_000 },
    code: 'MTU_REFUSED',
    names: ['10000', 'mtu greater than device maximum'],
  },
  'mtu-not-kept': {
    seen: { kind: 'mtu-not-kept', asked: 9000, got: 1500 },
    code: 'MTU_NOT_KEPT',
    names: ['9000', '1500'],
  },
  'mtu-without-netdev': {
    seen: { kind: 'mtu-without-netdev', mtu: 9000 },
    code: 'MTU_WITHOUT_NETDEV',
    names: ['9000'],
  },
  'contact-lost': { seen: { kind: 'contact-lost', afterMs: 60_000 }, code: 'CONTACT_LOST', names: ['60 s'] },
  interrupted: { seen: { kind: 'interrupted', afterMs: 60_000 }, code: 'INTERRUPTED', names: ['60 s'] },
  'pf-missing': { seen: { kind: 'pf-missing' }, code: 'PF_MISSING', names: ['0000:05:00.1'] },
  'driver-missing': { seen: { kind: 'driver-missing', afterMs: 60_000 }, code: 'DRIVER_MISSING', names: ['60 s'] },
  'other-card': {
    seen: { kind: 'other-card', kept: '8086:10c9', found: '8086:1521' },
    code: 'OTHER_CARD',
    names: ['8086:10c9', '8086:1521'],
  },
  'state-file': {
    seen: { kind: 'state-file', problem: 'disk full', remedy: 'Free space.' },
    code: 'STATE_FILE',
    names: ['disk full'],
  },
  'host-fault': { seen: { kind: 'host-fault', problem: 'no sysfs' }, code: 'HOST_FAULT', names: ['no sysfs'] },
};

describe('F55: every failure has a cause of its own and a remedy', () => {
  it.each(Object.values(EVERY_FAILURE))('$seen.kind', ({ seen, code, names }) => {
    const failure = explainFailure(seen, pf);
    expect(failure.code).toBe(code);
    for (const name of [pf.pciAddress, ...names]) expect(failure.cause).toContain(name);
    expect(failure.remedy.length).toBeGreaterThan(4);
  });

  it('has no two causes alike', () => {
    const causes = Object.values(EVERY_FAILURE).map(({ seen }) => explainFailure(seen, pf).cause);
    expect(new Set(causes).size).toBe(causes.length);
  });
});

describe.each([
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
])('F5: %s', (errno) => {
  it.each([pf, { ...pf, nic: null, driver: null }])('names the PF and a remedy ($driver)', (subject) => {
    const { code, cause, remedy } = explainFailure({ kind: 'errno', errno, writing: 4 }, subject);
    expect(code).toBe(errno);
    expect(cause).toContain(errno);
    expect(cause).toContain(subject.pciAddress);
    if (subject.nic) expect(cause).toContain(subject.nic);
    expect(cause + remedy).not.toMatch(/null|undefined/);
  });
  it('is in the table', () => expect(Object.keys(ERRNO_CAUSES)).toContain(errno));
});

it('an errno nobody knows is named as it is', () => {
  expect(explainFailure({ kind: 'errno', errno: 'ENOTTY', writing: 4 }, pf)).toMatchObject({
    code: 'ENOTTY',
    cause: expect.stringContaining('(ENOTTY)'),
  });
});

describe('the way back is told', () => {
  const failure = explainFailure({ kind: 'errno', errno: 'ENOSPC', writing: 7 }, pf);

  it('not needed', () =>
    expect(withWayBack(failure, { kind: 'not-needed', existing: 1 }).cause).toMatch(
      /there is 1 virtual function as before/,
    ));
  it('restored', () =>
    expect(withWayBack(failure, { kind: 'restored', lastKnownGood: 4, mtu: null }).cause).toMatch(
      /there are 4 virtual functions/,
    ));
  it('restored with the MTU of before', () =>
    expect(withWayBack(failure, { kind: 'restored', lastKnownGood: 4, mtu: 1500 }).cause).toMatch(
      /MTU .* is 1500 again/,
    ));
  it('holds already', () =>
    expect(withWayBack(failure, { kind: 'holds', lastKnownGood: 4, mtu: null }).cause).toMatch(
      /number holds: there are 4/,
    ));
  it('not tried', () =>
    expect(withWayBack(failure, { kind: 'not-tried', lastKnownGood: 4, existing: 0 }).cause).toMatch(
      /4 was not written again.* Now there are 0/,
    ));
  it.each([
    { existing: 0, now: 'Now there are 0 virtual functions' },
    { existing: null, now: 'How many there are now is unknown' },
  ])('failed: $now', ({ existing, now }) => {
    const back = explainFailure({ kind: 'errno', errno: 'EIO', writing: 4 }, pf);
    const told = withWayBack(failure, { kind: 'failed', lastKnownGood: 4, failure: back, existing });
    expect(told.code).toBe('ENOSPC');
    expect(told.cause).toContain('number 4 again failed too');
    expect(told.cause).toContain('EIO');
    expect(told.cause).toContain(now);
    expect(told.remedy).toContain(back.remedy);
  });
});
