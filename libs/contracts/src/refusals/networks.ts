import type { RefusalRow } from './row.ts';

/** Refusals about clusters, networks and QoS. */
export const NETWORK_REFUSALS = {
  ACTION_TYPE_FAILED_NETWORK_NOT_EXIST: {
    status: 404,
    title: 'There is no such network',
    remedy: 'List the networks with GET /api/networks and use the id or the name of one of them.',
  },
  CLUSTER_NOT_EXIST: {
    status: 404,
    title: 'There is no such cluster',
    remedy: 'List the clusters with GET /api/clusters and use the id or the name of one of them.',
  },
  CLUSTER_NAME_IN_USE: {
    status: 409,
    title: 'Another cluster has this name',
    remedy: 'Choose another name, or rename or remove the cluster that has it.',
  },
  CLUSTER_IN_USE: {
    status: 409,
    title: 'The cluster still has hosts or virtual machines',
    remedy: 'Move those named here to another cluster, or remove them.',
  },
  PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL: {
    status: 409,
    title: 'The cluster is too old for passthrough vNICs',
    remedy: 'Raise the compatibility version of the cluster to 3.6 or more.',
  },
  FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL: {
    status: 409,
    title: 'The cluster is too old for vNICs with failover',
    remedy: 'Raise the compatibility version of the cluster to 4.6 or more, or use a profile without failover.',
  },
  NETWORK_NAME_IN_USE: {
    status: 409,
    title: 'Another network has this name',
    remedy: 'Choose another name, or rename or remove the network that has it.',
  },
  NETWORK_IN_USE: {
    status: 409,
    title: 'vNIC profiles use the network',
    remedy: 'Remove the profiles named here first.',
  },
  QOS_NOT_EXIST: {
    status: 404,
    title: 'There is no such QoS',
    remedy: 'List them with GET /api/qos and use the id or the name of one of them.',
  },
  QOS_NAME_IN_USE: {
    status: 409,
    title: 'Another QoS has this name',
    remedy: 'Choose another name, or rename or remove the QoS that has it.',
  },
  QOS_IN_USE: {
    status: 409,
    title: 'Networks or vNIC profiles use the QoS',
    remedy: 'Give those named here another QoS, or none.',
  },
  QOS_TYPE_MISMATCH: {
    status: 409,
    title: 'The QoS is of another type',
    remedy: 'Use a QoS of the type `host_network` on a network and one of the type `vm_network` on a vNIC profile.',
  },
  QOS_VALUES_CONTRADICT: {
    status: 400,
    title: 'The values of the QoS contradict each other',
    remedy: 'Set only the values of its type: a peak not below the average, a realtime rate not above the upper limit.',
  },
  CANNOT_CHANGE_QOS_TYPE: {
    status: 409,
    title: 'The type of a QoS cannot be changed',
    remedy: 'Make a new QoS of the other type.',
  },
} as const satisfies Record<string, RefusalRow>;
