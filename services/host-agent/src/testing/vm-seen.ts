import type { DomainReport } from '@vfleet/contracts/vocabulary/domain';
import type { Fence } from '../core/vf-fence.ts';
import type { VfSettings } from '../core/vf-settings.ts';
import type { OfRun } from '../core/vm-record.ts';
import type { SeenVf, VmLimits, VmSeen } from '../core/vm-step.ts';
import { vfAt } from './vms-under-test.ts';

export const PF = '0000:05:00.0';
export const BOOT = 'boot-1';

/** Each time another, so that a step shows which one it was given. */
export const LIMITS: VmLimits = { startMs: 1, shutDownMs: 2, destroyMs: 3, guestMs: 4, bindMs: 5, migrateMs: 6 };

export const FRESH: VfSettings = {
  ...{ mac: '02:00:00:00:00:01', vlanId: 0, vlanQos: 0, vlanProtocol: '802.1Q' },
  ...{ spoofCheck: true, trust: false, linkState: 'auto', minTxRate: 0, maxTxRate: 0 },
};

/** A run of vm1; its first attempt unless told. */
export function ofRun(step: string, attempt = 1): OfRun {
  return { step, attempt, placementId: 'p1', vm: { id: 'vm1', name: 'vm1' } };
}

/** What is seen of nothing at all: no record, no domain, two VFs as they were made. */
export function seenWith(more: Partial<VmSeen> = {}, vfs: Record<number, Partial<SeenVf>> = {}): VmSeen {
  return {
    ...{ machineBoot: BOOT, floor: 0, record: null, domain: null, vnicIds: [] },
    vfs: new Map([0, 1].map((vf) => [vfAt(vf), { ...seenVf(vf), ...vfs[vf] }])),
    ...more,
  };
}

/** A VF as it was made, bound to its network driver. */
export function seenVf(vf: number): SeenVf {
  return {
    fence: null,
    vf: { pciAddress: vfAt(vf), pfAddress: PF, driver: 'igbvf', settings: FRESH },
    heldBy: null,
  };
}

/** The fence of a VF that was prepared in this boot, and is not cleaned. */
export function preparedFence(vf: number, fence: number, more: Partial<Fence> = {}): Fence {
  return {
    ...{ fence, claimId: `k-${vf}-${fence}`, cleaned: false, machineBoot: BOOT, holder: null },
    before: { settings: FRESH, driver: 'igbvf' },
    ...more,
  };
}

/** The domain of vm1 with VFs for its vNICs. */
export function domainWith(vfs: readonly number[] = [], more: Partial<DomainReport> = {}): DomainReport {
  return {
    ...{ name: 'vm1', vmId: 'vm1', placementId: 'p1', attempt: 1, state: 'running' },
    vfs: vfs.map((vf) => ({ pciAddress: vfAt(vf), vnicId: `vnic-${vf}` })),
    ...more,
  };
}
