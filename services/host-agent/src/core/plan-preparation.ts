import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import type { Named } from '@vfleet/contracts/vocabulary/ids';
import { brokenFences, fenceToPrepare } from './vf-fence.ts';
import { wantedSettings } from './vf-settings.ts';
import type { VmFailureSeen } from './vm-failures.ts';
import { type SeenVf, type VmLimits, type VmSeen, type VmStep, vfInterfaces } from './vm-step.ts';

type VfInterface = DomainInterface & { kind: 'vf' };

/** 802.1Q; the kernel itself takes 4095 too. */
const HIGHEST_VLAN = 4094;

/** Every reason why the VFs of interfaces may not be prepared for a VM, as they are seen. */
export function brokenPreparations(
  vmId: string,
  interfaces: readonly DomainInterface[],
  seen: VmSeen,
): VmFailureSeen[] {
  const vfs = vfInterfaces(interfaces);
  if (vfs.length === 0) return [];
  if (seen.floor === null) return [{ kind: 'no-floor' }];
  const { floor } = seen;
  const addresses = vfs.map(({ claim }) => claim.pciAddress);
  const twice = addresses.filter((address, index) => addresses.indexOf(address) !== index);
  return [
    ...[...new Set(twice)].map((vf): VmFailureSeen => ({ kind: 'vf-twice', vf })),
    ...vfs.flatMap((each) => brokenVf(vmId, each, seen.vfs.get(each.claim.pciAddress), floor)),
  ];
}

function brokenVf(
  vmId: string,
  { claim, network, vnic }: VfInterface,
  seen: SeenVf | undefined,
  floor: number,
): VmFailureSeen[] {
  const vf = claim.pciAddress;
  const vlanId = network?.vlanId ?? null;
  const broken: VmFailureSeen[] = brokenFences(claim, seen?.fence ?? null, floor);
  if (!seen?.vf) broken.push({ kind: 'vf-missing', vf });
  if (seen?.heldBy && seen.heldBy.vmId !== vmId) broken.push({ kind: 'vf-held', vf, by: seen.heldBy.name });
  if (vlanId !== null && (vlanId < 1 || vlanId > HIGHEST_VLAN)) {
    broken.push({ kind: 'vlan-invalid', vnic: vnic.name, vlanId });
  }
  return broken;
}

/**
 * Prepares VFs for interfaces none of which is broken: fences first, durably, with what each VF was before; then what is
 * set on it, and the driver of guests.
 */
export function preparation(
  { vm, interfaces }: { vm: Named; interfaces: readonly DomainInterface[] },
  seen: VmSeen,
  { bindMs }: VmLimits,
): VmStep[] {
  const vfs = vfInterfaces(interfaces).map((each) => ({ ...each, found: found(each, seen) }));
  if (vfs.length === 0) return [];
  const pfs = [...new Set(vfs.map(({ found: { vf } }) => vf.pfAddress))];
  const fences = vfs.map(({ claim, vnic, found: { vf, fence } }) => ({
    pciAddress: claim.pciAddress,
    fence: fenceToPrepare(claim, fence, {
      seen: { settings: vf.settings, driver: vf.driver },
      machineBoot: seen.machineBoot,
      holder: { vm, vnic },
    }),
  }));
  return [
    { kind: 'keep-fences', fences },
    { kind: 'check-floor', claims: vfs.map(({ claim }) => claim) },
    ...pfs.map((pfAddress): VmStep => ({ kind: 'check-pf', pfAddress })),
    ...pfs.map((pfAddress): VmStep => ({ kind: 'pf-up', pfAddress })),
    ...application(interfaces, seen),
    ...vfs
      .filter(({ found: { vf } }) => vf.driver !== 'vfio-pci')
      .map(({ found: { vf } }): VmStep => ({ kind: 'bind', vf: named(vf), to: 'vfio-pci', deadlineMs: bindMs })),
  ];
}

/** Sets and reads back all VFs of interfaces: once before the hypervisor takes them, and again after it. */
export function application(interfaces: readonly DomainInterface[], seen: VmSeen): VmStep[] {
  return vfInterfaces(interfaces).map((each) => ({
    kind: 'apply',
    vf: named(found(each, seen).vf),
    wanted: wantedSettings(each),
  }));
}

function found({ claim }: VfInterface, { vfs }: VmSeen): SeenVf & { vf: NonNullable<SeenVf['vf']> } {
  const seen = vfs.get(claim.pciAddress);
  if (!seen?.vf) throw new Error(`a plan for ${claim.pciAddress}, which is not there`);
  return { ...seen, vf: seen.vf };
}

function named({ pciAddress, pfAddress }: NonNullable<SeenVf['vf']>) {
  return { pciAddress, pfAddress };
}
