import { wantNext } from '@vfleet/contracts/desired-state';
import { ClaimState } from '@vfleet/contracts/vocabulary/claim';
import { describe, expect, it } from 'vitest';
import { claimed, sampleConfig, sampleLedger } from '../testing/sample-ledger.ts';
import { decideUpdateHost, removalRefusals } from './decide-host.ts';
import { decidePoweredOff } from './decide-powered-off.ts';
import { decideRemoveVfsConfig } from './decide-remove-vfs-config.ts';

const OPEN = wantNext(sampleConfig().desired, { numOfVfs: 2, mtu: null, allNetworksAllowed: null });
const MISSING = '2026-01-01T00:00:00.000Z';

const codes = (refusals: { code: string }[]) => refusals.map(({ code }) => code);

describe('changing a host', () => {
  it('raises its version, and what it is already changes nothing', () => {
    expect(decideUpdateHost(sampleLedger(), { name: 'beta' }, undefined)).toMatchObject({
      ok: true,
      ledger: { name: 'beta', clusterId: 'default', revision: 2 },
    });
    expect(decideUpdateHost(sampleLedger(), { cluster: 'west' }, 'c2')).toMatchObject({
      ok: true,
      ledger: { name: 'alpha', clusterId: 'c2', revision: 2 },
    });
    const same: [object, string | undefined][] = [
      [{ name: 'alpha' }, undefined],
      [{}, undefined],
      [{ name: 'alpha', cluster: 'Default' }, 'default'],
    ];
    for (const [wanted, clusterId] of same) {
      expect(decideUpdateHost(sampleLedger(), wanted, clusterId)).toEqual({ ok: true, ledger: undefined });
    }
  });

  it('is refused for every reason at once: another version, no such cluster', () => {
    const decision = decideUpdateHost(sampleLedger(), { name: 'beta', cluster: 'west', ifVersion: 7 }, undefined);
    if (decision.ok) throw new Error('accepted');
    expect(codes(decision.refusals)).toEqual(['PRECONDITION_FAILED', 'CLUSTER_NOT_EXIST']);
    expect(decision.refusals[1]?.detail).toContain('west');
  });

  it('does not move it to another cluster while VFs are claimed, though it may be renamed', () => {
    const ledger = claimed(sampleLedger());
    const moved = decideUpdateHost(ledger, { cluster: 'west' }, 'c2');
    expect(moved).toMatchObject({
      ok: false,
      refusals: [{ code: 'HOST_HAS_VFS_IN_USE', remedy: expect.stringContaining('then move the host') }],
    });
    expect(JSON.stringify(moved)).toContain('virtual machine vm-1, nic1');
    expect(decideUpdateHost(ledger, { name: 'beta', cluster: 'default' }, 'default')).toMatchObject({ ok: true });
  });
});

describe('a host on which a virtual machine runs without a VF', () => {
  const origin = { boot: 1, sequence: 1, machineBoot: 'm1', takenAt: '2026-01-01T00:00:00.000Z' };
  const runs = (vmId: string | null) => ({
    ...sampleLedger(),
    domains: { ...origin, uncleaned: [], domains: [{ name: 'vm-1', vmId, placementId: 'p1', attempt: 1, vfs: [] }] },
  });

  it('is neither removed nor moved, and the virtual machine is named', () => {
    const refusals = removalRefusals(runs('v1'), undefined);
    expect(codes(refusals)).toEqual(['HOST_RUNS_VMS']);
    expect(refusals[0]?.detail).toContain('vm-1');
    expect(decideUpdateHost(runs('v1'), { cluster: 'west' }, 'c2')).toMatchObject({
      ok: false,
      refusals: [{ code: 'HOST_RUNS_VMS' }],
    });
    expect(decideUpdateHost(runs('v1'), { name: 'beta' }, undefined)).toMatchObject({ ok: true });
  });

  it('is removed when the domain is not ours', () => {
    expect(removalRefusals(runs(null), undefined)).toEqual([]);
  });

  it('is removed when it was confirmed as powered off', () => {
    const word = { saidAt: '2026-01-02T00:00:00.000Z', heardAt: undefined };
    const lost = decidePoweredOff(runs('v1'), word, { now: word.saidAt, forgetBefore: word.saidAt });
    expect(lost.ok && removalRefusals(lost.ledger, undefined)).toEqual([]);
  });
});

describe('removing a host', () => {
  it('is allowed when nothing of it is claimed or open', () => {
    expect(removalRefusals(sampleLedger(), 1)).toEqual([]);
  });

  it('is allowed while a change is open on a host that is down, for it may be gone for good', () => {
    expect(removalRefusals(sampleLedger({ desired: OPEN }), 1)).toEqual([]);
  });

  it('is refused for every reason at once, naming who holds what and what is changing', () => {
    const ledger = claimed(sampleLedger({ desired: OPEN }));
    const refusals = removalRefusals({ ...ledger, connection: { ...ledger.connection, status: 'up' } }, 7);
    expect(codes(refusals)).toEqual(['PRECONDITION_FAILED', 'HOST_HAS_VFS_IN_USE', 'HOST_IS_CHANGING']);
    expect(refusals[1]?.detail).toContain('virtual machine vm-1, nic1 (attached)');
    expect(refusals[1]?.remedy).toContain('confirm that it is powered off');
    expect(refusals[2]?.detail).toContain('ens11');
  });
});

describe('removing a VfsConfig', () => {
  const ON_PF = { nic: 'ens11', vfsConfig: 'vfsConfig' };

  it('takes a missing PF and its nic out of the ledger', () => {
    const decision = decideRemoveVfsConfig(sampleLedger({ missingSince: MISSING }), ON_PF);
    if (!decision.ok) throw new Error('refused');
    expect(decision.ledger.vfsConfigs).toEqual([]);
    expect(decision.ledger.nics.map(({ name }) => name)).toEqual(['eno1', 'bond0']);
  });

  it('is refused while the PF is there, while a VF of it is claimed, and where there is none', () => {
    const refusalsOf = (ledger: ReturnType<typeof sampleLedger>, ref = ON_PF) => {
      const decision = decideRemoveVfsConfig(ledger, ref);
      return decision.ok ? [] : codes(decision.refusals);
    };
    expect(refusalsOf(sampleLedger())).toEqual(['PF_NOT_MISSING']);
    expect(refusalsOf(claimed(sampleLedger({ missingSince: MISSING })))).toEqual(['HOST_HAS_VFS_IN_USE']);
    expect(refusalsOf(sampleLedger({ missingSince: MISSING }), { nic: 'nope', vfsConfig: 'vfsConfig' })).toEqual([
      'HOST_NETWORK_INTERFACE_NOT_EXIST',
    ]);
  });
});

it.each(ClaimState.options)('keeps host, cluster and VfsConfig while a VF is claimed, however far: %s', (state) => {
  const ledger = claimed(sampleLedger({ missingSince: MISSING }));
  const held = { ...ledger, claims: ledger.claims.map((claim) => ({ ...claim, state })) };
  expect(codes(removalRefusals(held, 1))).toEqual(['HOST_HAS_VFS_IN_USE']);
  expect(decideUpdateHost(held, { cluster: 'west' }, 'c2').ok).toBe(false);
  expect(decideRemoveVfsConfig(held, { nic: 'ens11', vfsConfig: 'vfsConfig' }).ok).toBe(false);
});
