import { ClaimState } from '@vfleet/contracts/vocabulary/claim';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { desired } from '../testing/sample-desired.ts';
import { claimed, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import { decideUpdateVfsConfig as decide } from './decide-update-vfs-config.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';

const ON_PF = { nic: 'ens11', vfsConfig: 'vfsConfig' };
const vfs = (count: number) => Array.from({ length: count }, (_, index) => sampleVf(index));
const STUCK = { since: '2026-01-01T01:00:00.000Z', from: 4, to: 0, holder: '0000:41:10.0 open by qemu (pid 7)' };

const KNOWN = knownNetworks([{ id: 'n1', name: 'red' }], ['gone']);

function decideUpdateVfsConfig(ledger: Ledger, wanted: Parameters<typeof decide>[1]) {
  return decide(ledger, wanted, { known: KNOWN, hash: (text) => text });
}

function codes(decision: ReturnType<typeof decideUpdateVfsConfig>): string[] {
  return decision.ok ? [] : decision.refusals.map(({ code }) => code);
}

describe('an update is refused', () => {
  const cases: [string, Partial<LedgerVfsConfig>, object, string[], string?][] = [
    ['unknown nic', {}, { nic: 'nope' }, ['HOST_NETWORK_INTERFACE_NOT_EXIST'], 'nope'],
    ['nic without SR-IOV, with why', {}, { nic: 'eno1' }, ['ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED'], 'e1000e'],
    ['bond, naming its slaves', {}, { nic: 'bond0' }, ['ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED'], 'slaves'],
    [
      'VF',
      { vfs: vfs(1) },
      { nic: 'ens11v0' },
      ['ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED'],
      'virtual function of ens11',
    ],
    ['other config id', {}, { ...ON_PF, vfsConfig: 'h1-9' }, ['VFS_CONFIG_NOT_EXIST'], 'h1-9'],
    ['above the maximum', {}, { numOfVfs: 8 }, ['ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE'], '0 - 7'],
    ['below zero', {}, { numOfVfs: -1 }, ['ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE'], '-1'],
    ['made for another version', { revision: 3 }, { ifVersion: 2 }, ['PRECONDITION_FAILED'], 'version 3'],
    [
      'an MTU above what its driver takes',
      {},
      { mtu: 9217 },
      ['ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE'],
      '68 - 9216',
    ],
    ['an MTU below what any takes', {}, { mtu: 67 }, ['ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE'], '67'],
    [
      'an MTU while a VF is in use, naming it and by what',
      { vfs: [sampleVf(0, { inUse: true, reasons: [{ code: 'VFIO_OPEN', text: 'is open through vfio (pid 42)' }] })] },
      { mtu: 9000 },
      ['ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED'],
      'ens11v0 is open through vfio (pid 42)',
    ],
    ['an MTU of a missing PF', { missingSince: '2026-01-02' }, { mtu: 9000 }, ['PF_MISSING'], '2026-01-02'],
    ['an MTU of a stuck PF', { stuck: STUCK }, { mtu: 9000 }, ['PF_STUCK'], 'qemu (pid 7)'],
    ['missing PF', { missingSince: '2026-01-02' }, { numOfVfs: 1 }, ['PF_MISSING'], '2026-01-02'],
    ['stuck PF, naming the holder', { stuck: STUCK }, { numOfVfs: 1 }, ['PF_STUCK'], 'qemu (pid 7)'],
    [
      'VF in use, naming it and by what',
      { vfs: [sampleVf(0, { inUse: true, reasons: [{ code: 'VFIO_OPEN', text: 'is open through vfio (pid 42)' }] })] },
      { numOfVfs: 2 },
      ['ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED'],
      'ens11v0 is open through vfio (pid 42)',
    ],
    [
      'every broken rule at once',
      { vfs: [sampleVf(0, { inUse: true })], stuck: STUCK },
      { numOfVfs: 99 },
      [
        'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
        'PF_STUCK',
        'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
      ],
    ],
  ];
  it.each(cases)('%s', (_, config, wanted, expected, detail) => {
    const decision = decideUpdateVfsConfig(sampleLedger(config), { ...ON_PF, ...wanted });
    expect(codes(decision)).toEqual(expected);
    if (detail && !decision.ok) expect(decision.refusals[0]?.detail).toContain(detail);
  });

  it('when a VF is claimed, even if the host shows nothing on it', () => {
    const ledger = claimed(sampleLedger({ vfs: vfs(2) }));
    const decision = decideUpdateVfsConfig(ledger, { ...ON_PF, numOfVfs: 3 });
    expect(codes(decision)).toEqual(['ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED']);
    expect(JSON.stringify(decision)).toContain('virtual machine vm-1, nic1, attached');
  });

  it.each(ClaimState.options)('when a VF is claimed, however far the claim is: %s', (state) => {
    const ledger = claimed(sampleLedger({ vfs: vfs(2) }));
    const claims = ledger.claims.map((claim) => ({ ...claim, state }));
    const decision = decideUpdateVfsConfig({ ...ledger, claims }, { ...ON_PF, numOfVfs: 3 });
    expect(codes(decision)).toEqual(['ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED']);
  });

  it('when a VF that is claimed has vanished from the host, naming who has it', () => {
    const decision = decideUpdateVfsConfig(claimed(sampleLedger({ vfs: vfs(1) })), { ...ON_PF, numOfVfs: 3 });
    expect(codes(decision)).toEqual(['ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED']);
    expect(JSON.stringify(decision)).toContain('0000:41:10.2 by virtual machine vm-1, nic1 (attached)');
  });
});

describe('an update makes a new generation', () => {
  const cases: [string, Partial<LedgerVfsConfig>, number][] = [
    ['on an unmanaged PF', {}, 4],
    ['for the number an unmanaged PF already has, so that it becomes managed', { vfs: vfs(4) }, 4],
    ['for the same number after a failure: that is the retry', { vfs: vfs(4), desired: desired(4, 'failed') }, 4],
    ['for the wanted number when the host lost the VFs', { vfs: [], desired: desired(4, 'applied') }, 4],
    ['for another number while one is open: it overtakes', { desired: desired(4) }, 5],
    ['for the open number again: the newer caller waits for its own', { desired: desired(4) }, 4],
  ];
  it.each(cases)('%s', (_, config, numOfVfs) => {
    const decision = decideUpdateVfsConfig(sampleLedger(config), { ...ON_PF, numOfVfs });
    expect(decision.ok && decision.change).toBe('generation');
    expect(decision.ok && decision.config.desired.generation).toBe((config.desired?.generation ?? 0) + 1);
    expect(decision.ok && decision.config.desired.want).toEqual({ numOfVfs, mtu: null, allNetworksAllowed: null });
  });

  it('is done although a VF is in use when the number equals what exists: no VF is touched', () => {
    const decision = decideUpdateVfsConfig(sampleLedger({ vfs: [sampleVf(0, { inUse: true })] }), {
      ...ON_PF,
      numOfVfs: 1,
    });
    expect(decision.ok && decision.change).toBe('generation');
  });
});

describe('an update does nothing', () => {
  it('when the number is wanted, exists and was applied', () => {
    const ledger = sampleLedger({ vfs: vfs(4), desired: desired(4, 'applied') });
    expect(decideUpdateVfsConfig(ledger, { ...ON_PF, numOfVfs: 4 })).toMatchObject({ change: 'none', ledger });
  });

  it('when nothing is asked', () => {
    const ledger = sampleLedger();
    expect(decideUpdateVfsConfig(ledger, ON_PF)).toMatchObject({ change: 'none', ledger });
  });
});

describe('all networks allowed', () => {
  const specific = { allNetworksAllowed: false, networkIds: ['n1'], labels: ['tenant'] };

  it('clears networks and labels at once when it comes alone', () => {
    const decision = decideUpdateVfsConfig(sampleLedger(specific), { ...ON_PF, allNetworksAllowed: true });
    expect(decision).toMatchObject({
      change: 'ledger',
      config: { allNetworksAllowed: true, networkIds: [], labels: [] },
    });
  });

  it('waits with a number that has to be changed', () => {
    const decision = decideUpdateVfsConfig(sampleLedger(specific), { ...ON_PF, numOfVfs: 2, allNetworksAllowed: true });
    expect(decision).toMatchObject({
      config: { ...specific, desired: { want: { numOfVfs: 2, mtu: null, allNetworksAllowed: true } } },
    });
  });

  it('takes effect at once beside a number that is in force', () => {
    const ledger = sampleLedger({ ...specific, vfs: vfs(4), desired: desired(4, 'applied') });
    const decision = decideUpdateVfsConfig(ledger, { ...ON_PF, numOfVfs: 4, allNetworksAllowed: true });
    expect(decision).toMatchObject({ change: 'ledger', config: { allNetworksAllowed: true, networkIds: [] } });
  });

  it('set alone wins over an earlier one that still waits', () => {
    const waiting = decideUpdateVfsConfig(sampleLedger(), { ...ON_PF, numOfVfs: 2, allNetworksAllowed: true });
    if (!waiting.ok) throw new Error('refused');
    const decision = decideUpdateVfsConfig(waiting.ledger, { ...ON_PF, allNetworksAllowed: false });
    expect(decision).toMatchObject({
      config: { allNetworksAllowed: false, desired: { want: { numOfVfs: 2, mtu: null, allNetworksAllowed: null } } },
    });
  });
});

it('takes networks that are gone off the list with whatever it changes, and none that is only unknown', () => {
  const lists = { allNetworksAllowed: false, networkIds: ['n1', 'gone', 'unknown'] };
  for (const wanted of [{ numOfVfs: 2 }, { allNetworksAllowed: false }]) {
    const decision = decideUpdateVfsConfig(sampleLedger(lists), { ...ON_PF, ...wanted });
    expect(decision).toMatchObject({ config: { networkIds: ['n1', 'unknown'] } });
  }
  expect(decideUpdateVfsConfig(sampleLedger(lists), ON_PF)).toMatchObject({ config: lists });
});

it('never changes a ledger it refuses, and accepts exactly the numbers in range when no VF is in use', () => {
  fc.assert(
    fc.property(fc.integer({ min: -3, max: 20 }), fc.integer({ min: 0, max: 7 }), (numOfVfs, existing) => {
      const ledger = Object.freeze(sampleLedger({ vfs: vfs(existing) }));
      const decision = decideUpdateVfsConfig(ledger, { ...ON_PF, numOfVfs });
      expect(decision.ok).toBe(numOfVfs >= 0 && numOfVfs <= 7);
    }),
  );
});
