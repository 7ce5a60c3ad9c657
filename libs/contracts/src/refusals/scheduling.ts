import type { RefusalRow } from './row.ts';

/** Refusals about claims of VFs, and about starting, stopping, plugging and moving what holds them. */
export const SCHEDULING_REFUSALS = {
  HOST_NOT_UP: {
    status: 409,
    title: 'The host is not up',
    remedy: 'Wait until its agent is heard, or activate it when it is in maintenance.',
  },
  HOST_IS_UP: {
    status: 409,
    title: 'The host is up',
    remedy: 'Its agent is heard, so it is not powered off. Stop or migrate its virtual machines instead.',
  },
  HOST_OF_OTHER_CLUSTER: {
    status: 409,
    title: 'The host is of another cluster than the virtual machine',
    remedy: 'Choose a host of its cluster, or change the cluster of one of them.',
  },
  VF_NOT_EXIST: {
    status: 409,
    title: 'The host has no such virtual function any more',
    remedy: 'Try again: another one is chosen by what the host has now.',
  },
  VF_NOT_FREE: {
    status: 409,
    title: 'The virtual function is not free',
    remedy: 'Try again: another one is chosen by what is free now.',
  },
  NETWORK_NOT_ALLOWED_ON_PF: {
    status: 409,
    title: 'The physical function may not serve the network',
    remedy: 'Allow the network or its label on the physical function, or choose another one.',
  },
  NETWORK_IS_STALE: {
    status: 409,
    title: 'The network was changed after the vNIC was resolved',
    remedy: 'Try again: it is resolved anew.',
  },
  CLAIM_WAS_RELEASED: {
    status: 409,
    title: 'The claim was released',
    remedy: 'Try again: a new claim is made.',
  },
  PLAN_IS_OUTDATED: {
    status: 409,
    title: 'The world has moved since the plan was made',
    remedy: 'Make a new plan, look at it, and send its token.',
  },
  VM_IS_NOT_RUNNING: {
    status: 409,
    title: 'The virtual machine does not run',
    remedy: 'Start it first.',
  },
  VM_IS_BUSY: {
    status: 409,
    title: 'Another operation of the virtual machine is under way',
    remedy: 'Wait until it has ended: GET the operation named here.',
  },
  SCHEDULING_ALL_HOSTS_FILTERED_OUT: {
    status: 409,
    title: 'No host can run the virtual machine',
    remedy:
      'The reasons name each host: free or add virtual functions there, allow the network on a physical function, or lower what the vNICs ask for.',
  },
  HOST_FAILED_TO_START_VM: {
    status: 409,
    title: 'A host could not start the virtual machine',
    remedy: 'Look at the cause named here, cure it on the host, and start the virtual machine again.',
  },
  CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF: {
    status: 409,
    title: 'No suitable virtual function is free on the host of the virtual machine',
    remedy:
      'Free one on this host, allow the network on one of its physical functions, or migrate the virtual machine.',
  },
  VNIC_IS_NOT_DEGRADED: {
    status: 409,
    title: 'The vNIC is not degraded',
    remedy: 'Only a preferred vNIC that runs on a bridge for want of a virtual function can be upgraded.',
  },
  PLUGGING_FAILED: {
    status: 409,
    title: 'The vNIC could not be plugged',
    remedy: 'Look at the cause named here, cure it on the host, and try again.',
  },
  GUEST_REFUSED_UNPLUG: {
    status: 409,
    title: 'The guest did not let go of the vNIC',
    remedy: 'It stays attached. Let the guest release the device (see that its driver can be removed), then try again.',
  },
  VNICS_NOT_MIGRATABLE: {
    status: 409,
    title: 'The virtual machine has passthrough vNICs that are not migratable',
    remedy: 'Unplug the vNICs named here, or use profiles with `migratable`.',
  },
  MIGRATION_FAILED: {
    status: 409,
    title: 'The virtual machine could not be migrated',
    remedy: 'It runs on, on the host named here. Look at the cause, cure it, and try again.',
  },
  VM_DIED: {
    status: 409,
    title: 'The virtual machine ended by itself',
    remedy: 'Look at the log of its domain on the host, then start it again.',
  },
  OPERATION_OVERTAKEN: {
    status: 409,
    title: 'The operation was overtaken by a stop',
    remedy: 'The virtual machine is stopped as was asked meanwhile. Begin the operation again afterwards.',
  },
  OPERATION_NOT_EXIST: {
    status: 404,
    title: 'There is no such operation',
    remedy: 'Operations are kept with their virtual machine, the last ones only. Look at the virtual machine itself.',
  },
} as const satisfies Record<string, RefusalRow>;
