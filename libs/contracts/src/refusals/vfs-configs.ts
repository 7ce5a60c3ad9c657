import type { RefusalRow } from './row.ts';

/** Refusals about the VfsConfig of a PF. */
export const VFS_CONFIG_REFUSALS = {
  ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED: {
    status: 400,
    title: 'The network interface cannot have virtual functions',
    remedy:
      'Use an interface of a card with SR-IOV. If the card has it, enable SR-IOV in the BIOS or the card firmware and load a driver that supports it.',
  },
  ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED: {
    status: 409,
    title: 'Virtual functions of the interface are in use',
    remedy: 'Free every virtual function named here; a change removes all of them and makes new ones.',
  },
  ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE: {
    status: 400,
    title: 'The number of virtual functions is out of range',
    remedy: 'Ask for a number within the range named here.',
  },
  ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE: {
    status: 400,
    title: 'The MTU of the physical function is out of range',
    remedy: 'Ask for an MTU within the range named here, or for null to leave the MTU alone.',
  },
  ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED: {
    status: 409,
    title: 'The MTU of the physical function cannot be changed while its virtual functions are in use',
    remedy:
      'Free every virtual function named here; another MTU of the physical function interrupts and limits them all.',
  },
  UPDATE_PF_MTU_FAILURE: {
    status: 502,
    title: 'The host could not change the MTU of the physical function',
    remedy: 'Follow the remedy of the cause; then send the same MTU again.',
  },
  UPDATE_NUM_VFS_FAILURE: {
    status: 502,
    title: 'The host could not change the number of virtual functions',
    remedy: 'Follow the remedy of the cause; then send the same number again.',
  },
  SUPERSEDED: {
    status: 409,
    title: 'A newer change of the same interface has overtaken this one',
    remedy: 'Read the configuration; it shows the newest wanted number. Send yours again if it should win.',
  },
  PF_STUCK: {
    status: 409,
    title: 'The physical function is stuck in an earlier change',
    remedy:
      'Let go of what holds it (named here), for example stop the virtual machine; the change ends by itself then. If nothing holds it, reboot the host.',
  },
  PF_MISSING: {
    status: 409,
    title: 'The physical function is missing from the host',
    remedy:
      'Put the card back, or cure what keeps its SR-IOV from being shown (BIOS, card firmware, driver). When it is gone for good, remove its configuration with DELETE on the vfsConfig.',
  },
  PF_NOT_MISSING: {
    status: 409,
    title: 'Only the configuration of a missing physical function can be removed',
    remedy: 'Set the number of virtual functions to 0 instead, or take the card out first.',
  },
  NO_DRIFT: {
    status: 409,
    title: 'The number of virtual functions is the one in force',
    remedy: 'Nothing needs to be done. To have another number, set it with PUT on the vfsConfig.',
  },
  EXISTING_VFS_NOT_KNOWN: {
    status: 409,
    title: 'What exists on the host could not be read',
    remedy: 'Cure what is named here, and refresh the host; then try again.',
  },
  EXISTING_VFS_CHANGED: {
    status: 409,
    title: 'The number of virtual functions on the host has changed meanwhile',
    remedy: 'Read the configuration, which shows what exists now; then adopt or repair that.',
  },
  VFS_CONFIG_NOT_EXIST: {
    status: 404,
    title: 'The interface has no such virtual function configuration',
    remedy: 'Read it with GET /api/hosts/{host}/nics/{nic}/vfsConfig.',
  },
  ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS: {
    status: 409,
    title: 'All networks are allowed, so there is no list to change',
    remedy: 'Set `all_networks_allowed` to false first; the lists then begin empty.',
  },
  ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG: {
    status: 409,
    title: 'The network is allowed already',
    remedy: 'Nothing needs to be done; the networks of the configuration show how it came in.',
  },
  ACTION_TYPE_FAILED_NETWORK_NOT_IN_VFS_CONFIG: {
    status: 404,
    title: 'The network is not in the list of the configuration',
    remedy: 'Read the list with GET on the networks of the vfsConfig.',
  },
  ACTION_TYPE_FAILED_NETWORK_IN_VFS_CONFIG_VIA_LABEL: {
    status: 409,
    title: 'The network is allowed through a label',
    remedy: 'Remove the label named here from the configuration, or give the network another label.',
  },
  ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG: {
    status: 409,
    title: 'The label is in the configuration already',
    remedy: 'Nothing needs to be done.',
  },
  ACTION_TYPE_FAILED_LABEL_NOT_IN_VFS_CONFIG: {
    status: 404,
    title: 'The label is not in the configuration',
    remedy: 'Read the labels with GET on the labels of the vfsConfig.',
  },
} as const satisfies Record<string, RefusalRow>;
