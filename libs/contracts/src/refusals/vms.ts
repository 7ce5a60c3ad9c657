import type { RefusalRow } from './row.ts';

/** Refusals about VMs and their vNICs. */
export const VM_REFUSALS = {
  VM_NOT_EXIST: {
    status: 404,
    title: 'There is no such virtual machine',
    remedy: 'List them with GET /api/vms and use the id or the name of one of them.',
  },
  VM_NAME_IN_USE: {
    status: 409,
    title: 'Another virtual machine has this name',
    remedy: 'Choose another name, or rename or remove the virtual machine that has it.',
  },
  VM_IS_RUNNING: {
    status: 409,
    title: 'The virtual machine runs',
    remedy: 'Stop it first.',
  },
  VM_HAS_TOO_MANY_VNICS: {
    status: 409,
    title: 'The virtual machine has as many vNICs as one can have',
    remedy: 'Remove one that is not needed.',
  },
  VNIC_NOT_EXIST: {
    status: 404,
    title: 'The virtual machine has no such vNIC',
    remedy: 'List them with GET /api/vms/{vm}/nics and use the id or the name of one of them.',
  },
  VNIC_NAME_IN_USE: {
    status: 409,
    title: 'Another vNIC of the virtual machine has this name',
    remedy: 'Choose another name, or rename or remove the vNIC that has it.',
  },
  VM_INTERFACE_TYPE_NOT_MATCH_PROFILE: {
    status: 409,
    title: 'The type of the vNIC does not go with its profile',
    remedy:
      'Use the type pci_passthrough with a profile whose `pass_through` is enabled and no other; with preferred, virtio or pci_passthrough; without a profile, not pci_passthrough.',
  },
  UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED: {
    status: 400,
    title: 'A passthrough vNIC cannot be unlinked',
    remedy: 'Unplug it instead.',
  },
  PASSTHROUGH_VNIC_CONTAINS_NOT_SUPPORTED_PROPERTIES: {
    status: 400,
    title: 'A passthrough vNIC has no MTU of its own and no MAC spoofing switch',
    remedy:
      'Take the properties named here away; `vf` of the profile has `spoof_check` and `trust`, the network the MTU.',
  },
  CANNOT_PERFORM_HOT_UPDATE: {
    status: 409,
    title: 'A vNIC that is plugged into a running virtual machine cannot be changed',
    remedy: 'Unplug it, change it and plug it again, or stop the virtual machine first.',
  },
  NETWORK_MAC_ADDRESS_IN_USE: {
    status: 409,
    title: 'Another vNIC has this MAC address',
    remedy: 'Choose another one, or leave it out to get one from the pool.',
  },
  MAC_POOL_EXHAUSTED: {
    status: 409,
    title: 'No MAC address is left in the pool',
    remedy: 'Enlarge the pool (VFLEET_MAC_POOL), remove vNICs that are not needed, or name a MAC address.',
  },
  PINNED_VF_NEEDS_PASSTHROUGH: {
    status: 400,
    title: 'Only a passthrough vNIC is pinned to a virtual function',
    remedy: 'Give the vNIC a passthrough profile, or take the pin away.',
  },
  PINNED_VFS_CONTRADICT: {
    status: 409,
    title: 'The pins of the vNICs can never be had at once',
    remedy: 'Pin each vNIC to a virtual function of its own, all of one host.',
  },
  BOOT_ORDER_IN_USE: {
    status: 409,
    title: 'Another vNIC of the virtual machine has this place in the boot order',
    remedy: 'Choose another number, or change that of the vNIC named here.',
  },
} as const satisfies Record<string, RefusalRow>;
