import { VfsConfigPlan } from '@vfleet/contracts/vocabulary/vfs-config-plan';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { claimed, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import { decideUpdateVfsConfig } from './decide-update-vfs-config.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { planVfsConfig } from './plan-vfs-config.ts';

const ON_PF = { nic: 'ens11', vfsConfig: 'vfsConfig' };
const KNOWN = knownNetworks([{ id: 'n1', name: 'red' }]);
const BY = { known: KNOWN, hash: (text: string) => text.replaceAll('.', '_') };
const vfs = (count: number) => Array.from({ length: count }, (_, index) => sampleVf(index));
const APPLIED: LedgerVfsConfig['desired'] = {
  ...{ generation: 1, settled: 1, want: { numOfVfs: 2, mtu: null, allNetworksAllowed: null } },
  settlements: [{ generation: 1, result: 'applied', failure: null, existing: 2, at: '2026-01-01' }],
};

describe('a plan', () => {
  it('tells what the host would do', () => {
    expect(plan(up({ vfs: vfs(2) }), { numOfVfs: 7 })).toMatchObject({
      ...{
        changes: true,
        from: 2,
        to: 7,
        vms: [],
        lost_networks: [],
        gained_networks: [],
        drain_steps: [],
        conflicts: [],
      },
      steps: [
        ...['check holders', 'journal', 'write 0', 'await 0 VFs', 'write 7', 'read back 7'],
        ...['await 7 VFs', 'await 7 netdevs', 'read back 7', 'PF up', 'persist 7', 'settle'],
      ],
      estimate_seconds: 3.9,
    });
  });

  it('awaits no netdevs where none are expected', () => {
    const { steps } = plan(up({ vfs: [], expectNetdevs: false }), { numOfVfs: 1 });
    expect(steps).not.toContain('await 1 netdevs');
  });

  it('tells the VMs on it, what to drain and what would refuse it now, and the steps for after that', () => {
    const told = plan(claimed(up({ vfs: vfs(2) })), { numOfVfs: 4 });
    expect(told).toMatchObject({
      vms: [{ id: 'v1', name: 'vm-1', vnics: [{ id: 'n1', name: 'nic1' }], state: 'attached' }],
      drain_steps: ['Stop or migrate virtual machine vm-1, or unplug its nic1 (ens11v1).'],
      conflicts: [{ code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED' }],
    });
    expect(told.steps).toContain('write 4');
  });

  it.each<[string, Partial<LedgerVfsConfig>, object]>([
    ['nothing was asked for', {}, {}],
    ['the number is in force', { vfs: vfs(2), desired: APPLIED, appliedNumOfVfs: 2 }, { numOfVfs: 2 }],
    ['the flag is set', { allNetworksAllowed: true }, { allNetworksAllowed: true }],
  ])('says that nothing would change when %s', (_, config, wanted) => {
    expect(plan(up(config), wanted)).toMatchObject({ changes: false, steps: [], drain_steps: [], estimate_seconds: 0 });
  });

  it('has the host keep and settle a number that is there and not in force, touching no VF', () => {
    expect(plan(claimed(up({ vfs: vfs(2) })), { numOfVfs: 2 })).toMatchObject({
      changes: true,
      steps: ['read back 2', 'PF up', 'persist 2', 'settle'],
      drain_steps: [],
      conflicts: [],
    });
  });

  it('tells what becomes of the MTU of the PF, and whom that hits', () => {
    expect(plan(claimed(up({ vfs: vfs(2) })), { mtu: 9000 })).toMatchObject({
      ...{ changes: true, from: 2, to: 2, mtu: { from: 1500, to: 9000 }, estimate_seconds: 1 },
      steps: [
        'check holders',
        'journal',
        'set MTU 9000',
        'read back MTU 9000',
        'read back 2',
        'PF up',
        'persist 2',
        'settle',
      ],
      drain_steps: [expect.stringContaining('vm-1')],
      conflicts: [{ code: 'ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED' }],
    });
    expect(plan(up({ vfs: vfs(2) }), { numOfVfs: 4 }).mtu).toBeNull();
  });

  it('tells the networks that would be lost and gained, also beside a number', () => {
    const lost = { lost_networks: [{ id: 'n1', name: 'red' }], gained_networks: [], changes: true };
    expect(plan(up({}), { allNetworksAllowed: false })).toMatchObject({ ...lost, steps: [] });
    expect(plan(up({}), { numOfVfs: 1, allNetworksAllowed: false })).toMatchObject(lost);
    const gained = plan(up({ allNetworksAllowed: false }), { allNetworksAllowed: true });
    expect(gained).toMatchObject({ lost_networks: [], gained_networks: [{ id: 'n1', name: 'red' }] });
  });

  it.each<[string, Partial<LedgerVfsConfig>, object, string]>([
    ['a number out of range', {}, { numOfVfs: 99 }, 'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE'],
    ['a number below zero', {}, { numOfVfs: -1 }, 'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE'],
    ['an MTU out of range', {}, { mtu: 9217 }, 'ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE'],
    ['a missing PF', { missingSince: '2026-01-02' }, { numOfVfs: 1 }, 'PF_MISSING'],
  ])('has no steps for what no host can do: %s', (_, config, wanted, code) => {
    expect(plan(up(config), wanted)).toMatchObject({ changes: false, steps: [], conflicts: [{ code }] });
  });

  it('tells that the host does not answer only when it is needed and no rule stands before it', () => {
    const down = sampleLedger({ vfs: vfs(2) });
    expect(plan(down, { numOfVfs: 4 }).conflicts).toMatchObject([{ code: 'HOST_UNREACHABLE' }]);
    expect(plan(down, { allNetworksAllowed: false }).conflicts).toEqual([]);
    expect(plan(down, { numOfVfs: 99 }).conflicts).toHaveLength(1);
  });

  it('refuses what has no VfsConfig as an update does', () => {
    const wanted = { ...ON_PF, nic: 'eno1' };
    expect(planVfsConfig(up({}), wanted, BY)).toEqual(decideUpdateVfsConfig(up({}), wanted, BY));
  });

  it('changes what an update with its token changes, and has the conflicts that refuse it', () => {
    fc.assert(
      fc.property(
        fc.record({ existing: fc.nat(4), isClaimed: fc.boolean(), isManaged: fc.boolean(), all: fc.boolean() }),
        fc.option(fc.integer({ min: -1, max: 9 }), { nil: undefined }),
        fc.option(fc.boolean(), { nil: undefined }),
        fc.option(fc.constantFrom(null, 67, 1500, 9000), { nil: undefined }),
        ({ existing, isClaimed, isManaged, all }, numOfVfs, allNetworksAllowed, mtu) => {
          const desired = isManaged ? { desired: APPLIED } : {};
          const ledger = up({ vfs: vfs(existing), allNetworksAllowed: all, ...desired });
          const world = isClaimed ? claimed(ledger) : ledger;
          const wanted = { numOfVfs, mtu, allNetworksAllowed };
          const told = plan(world, wanted);
          const update = decideUpdateVfsConfig(world, { ...ON_PF, ...wanted, planToken: told.token }, BY);
          expect(told.conflicts).toEqual(update.ok ? [] : update.refusals);
          if (!update.ok) return;
          expect(told.changes).toBe(update.change !== 'none');
          expect(told.steps.length > 0).toBe(update.change === 'generation');
          expect(told.to).toBe(update.change === 'generation' ? update.config.desired.want?.numOfVfs : existing);
        },
      ),
    );
  });
});

function plan(ledger: Ledger, wanted: Omit<Parameters<typeof planVfsConfig>[1], keyof typeof ON_PF>) {
  const planned = planVfsConfig(ledger, { ...ON_PF, ...wanted }, BY);
  if (!planned.ok) throw new Error(planned.refusals.map(({ detail }) => detail).join('; '));
  return VfsConfigPlan.parse(planned.plan);
}

function up(config: Partial<LedgerVfsConfig>): Ledger {
  const ledger = sampleLedger(config);
  return { ...ledger, connection: { ...ledger.connection, status: 'up' } };
}
