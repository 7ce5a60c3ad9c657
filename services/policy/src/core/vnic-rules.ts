import { refKeys } from '@vfleet/contracts/names';
import type { Refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { StoredCluster } from './cluster.ts';
import { hasLevel, isPassthrough, LEVEL_CODES, levelsNeeded } from './cluster-level.ts';
import { staleVersion } from './stale-version.ts';
import type { StoredVm, StoredVnic } from './vm.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** A VM has at most this many vNICs: twice the slots of a PCI bus. */
const MAX_VNICS = 64;

/** A vNIC that is yet to be judged; `mac` is null when the pool had none left to give. */
export type DraftVnic = Omit<StoredVnic, 'mac'> & { mac: string | null };

/** What the rules of a vNIC look at. */
export type VnicSubject = {
  vm: StoredVm;
  cluster: StoredCluster;
  /** As it is; null when it is made. */
  before: StoredVnic | null;
  /** As it would be: `before` itself when nothing would change. */
  after: DraftVnic;
  /** That of `after`; `unknown` when there is none such, which is told elsewhere. */
  profile: StoredVnicProfile | null | 'unknown';
  /** Who of another VM has the MAC address of `after`. */
  macHolder: { vm: Pick<StoredVm, 'name'>; vnic: Pick<StoredVnic, 'name'> } | null;
  ifVersion?: number | undefined;
};

/**
 * Every rule of a vNIC, made or changed, all evaluated, all violations told (docs/domain.md, Networks, profiles, vNICs).
 * For the rules about passthrough a profile that prefers it counts: the vNIC may get a VF at any plug.
 */
const RULES: Rule<VnicSubject>[] = [
  {
    code: 'PRECONDITION_FAILED',
    detail: ({ vm, before, ifVersion }) => (before === null ? undefined : staleVnic(vm, before, ifVersion)),
  },
  {
    code: 'VM_HAS_TOO_MANY_VNICS',
    detail: ({ vm, before }) =>
      before !== null || vm.nics.length < MAX_VNICS
        ? undefined
        : `The virtual machine ${vm.name} has ${vm.nics.length} vNICs; ${MAX_VNICS} is the most.`,
  },
  {
    code: 'VNIC_NAME_IN_USE',
    detail: (subject) => {
      const wanted = refKeys(subject.after);
      const holder = othersOf(subject).find((other) => refKeys(other).some((key) => wanted.includes(key)));
      return holder && `The virtual machine ${subject.vm.name} has a vNIC ${holder.name} (id ${holder.id}) already.`;
    },
  },
  {
    code: 'VM_INTERFACE_TYPE_NOT_MATCH_PROFILE',
    detail: ({ after: { name, interface: type }, profile }) => {
      if (profile === 'unknown' || typeGoesWith(type, profile)) return undefined;
      return profile === null
        ? `${name} is of the type ${type} and has no profile.`
        : `${name} is of the type ${type}; \`pass_through\` of its profile ${profile.name} is ${profile.passThrough}.`;
    },
  },
  ...LEVEL_CODES.map((code) => ({
    code,
    detail: ({ after, cluster, profile }: VnicSubject) =>
      hasLevel(cluster, code) || !levelsNeeded(after, known(profile)).includes(code)
        ? undefined
        : `${after.name} needs more than ${cluster.compatibilityVersion}, the version of the cluster ${cluster.name}.`,
  })),
  {
    code: 'UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED',
    detail: (subject) =>
      subject.after.linked || !passthrough(subject)
        ? undefined
        : `${subject.after.name} is a passthrough vNIC and would be unlinked.`,
  },
  {
    code: 'PASSTHROUGH_VNIC_CONTAINS_NOT_SUPPORTED_PROPERTIES',
    detail: (subject) => {
      const { name, customMtu, macSpoofing } = subject.after;
      const properties = [customMtu === null ? [] : ['`custom_mtu`'], macSpoofing ? ['`mac_spoofing`'] : []].flat();
      if (properties.length === 0 || !passthrough(subject)) return undefined;
      return `${name} is a passthrough vNIC and would have ${properties.join(' and ')}.`;
    },
  },
  {
    code: 'PINNED_VF_NEEDS_PASSTHROUGH',
    detail: (subject) => {
      const { name, pinnedVf } = subject.after;
      if (pinnedVf === null || subject.profile === 'unknown' || passthrough(subject)) return undefined;
      return `${name} is no passthrough vNIC and would be pinned to ${pinnedVf.pciAddress} of host ${pinnedVf.hostId}.`;
    },
  },
  {
    code: 'PINNED_VFS_CONTRADICT',
    detail: ({ vm, after }) => contradictingPins(vm, after),
  },
  {
    code: 'BOOT_ORDER_IN_USE',
    detail: (subject) => {
      const { bootOrder } = subject.after;
      const holder = bootOrder === null ? undefined : othersOf(subject).find((other) => other.bootOrder === bootOrder);
      return holder && `${holder.name} of the virtual machine ${subject.vm.name} has the place ${bootOrder}.`;
    },
  },
  {
    code: 'NETWORK_MAC_ADDRESS_IN_USE',
    detail: (subject) => {
      const { vm, after, macHolder } = subject;
      const own = othersOf(subject).find(({ mac }) => mac === after.mac);
      const holder = own ? { vm, vnic: own } : macHolder;
      return holder === null
        ? undefined
        : `${holder.vnic.name} of the virtual machine ${holder.vm.name} has the MAC address ${after.mac}.`;
    },
  },
  {
    code: 'MAC_POOL_EXHAUSTED',
    detail: ({ after: { name, mac } }) => (mac === null ? `There is none for ${name}.` : undefined),
  },
  {
    code: 'CANNOT_PERFORM_HOT_UPDATE',
    detail: ({ vm, before, after }) => {
      if (vm.placementId === null || before === after) return undefined;
      if (before?.plugged) return pluggedWhileRunning(vm, before);
      return after.plugged
        ? `The virtual machine ${vm.name} runs; send ${after.name} with \`plugged\` false and plug it then.`
        : undefined;
    },
  },
];

/** Every rule that a vNIC would break; none when it may be so. */
export function brokenVnicRules(subject: VnicSubject): Refusal[] {
  return brokenRules(RULES, subject);
}

/** What PRECONDITION_FAILED tells of a vNIC. */
export function staleVnic(vm: StoredVm, vnic: StoredVnic, ifVersion: number | undefined): string | undefined {
  return staleVersion(`vNIC ${vnic.name} of the virtual machine ${vm.name}`, vnic, ifVersion);
}

/** What CANNOT_PERFORM_HOT_UPDATE tells of a vNIC that its guest has. */
export function pluggedWhileRunning(vm: StoredVm, vnic: StoredVnic): string | undefined {
  return vm.placementId !== null && vnic.plugged
    ? `The virtual machine ${vm.name} runs and ${vnic.name} is plugged.`
    : undefined;
}

/** What PINNED_VFS_CONTRADICT tells of a vNIC as it would be: plugged ones of its VM are pinned to VFs beside which it cannot be. */
export function contradictingPins(
  { nics }: Pick<StoredVm, 'nics'>,
  { id, name, plugged, pinnedVf }: Pick<StoredVnic, 'id' | 'name' | 'plugged' | 'pinnedVf'>,
): string | undefined {
  if (!plugged || pinnedVf === null) return undefined;
  const contrary = nics
    .filter((other) => other.id !== id && other.plugged)
    .filter((other) => other.pinnedVf !== null && contradict(pinnedVf, other.pinnedVf))
    .map((other) => `${other.name} to ${other.pinnedVf?.pciAddress} of host ${other.pinnedVf?.hostId}`);
  if (contrary.length === 0) return undefined;
  return `${name} would be pinned to ${pinnedVf.pciAddress} of host ${pinnedVf.hostId}; pinned is ${contrary.join(', ')}.`;
}

/** pci_passthrough goes with a profile that always gives a VF, and with one that gives a VF when one is free. */
export function typeGoesWith(
  type: StoredVnic['interface'],
  profile: Pick<StoredVnicProfile, 'passThrough'> | null,
): boolean {
  switch (profile?.passThrough) {
    case undefined:
    case 'disabled':
      return type !== 'pci_passthrough';
    case 'enabled':
      return type === 'pci_passthrough';
    case 'preferred':
      return type === 'pci_passthrough' || type === 'virtio';
  }
}

function passthrough({ after, profile }: VnicSubject): boolean {
  return isPassthrough(after, known(profile));
}

/** Of a profile that is not known only the type of the vNIC speaks. */
function known(profile: VnicSubject['profile']): StoredVnicProfile | null {
  return profile === 'unknown' ? null : profile;
}

function othersOf({ vm, after }: VnicSubject): StoredVnic[] {
  return vm.nics.filter(({ id }) => id !== after.id);
}

type Pin = NonNullable<StoredVnic['pinnedVf']>;

/** A VF serves one vNIC, and a VM runs on one host. */
function contradict(one: Pin, other: Pin): boolean {
  return one.hostId !== other.hostId || one.pciAddress === other.pciAddress;
}
