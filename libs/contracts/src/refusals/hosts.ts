import type { RefusalRow } from './row.ts';

/** Refusals about hosts and their network interfaces. */
export const HOST_REFUSALS = {
  HOST_NOT_EXIST: {
    status: 404,
    title: 'There is no such host',
    remedy: 'List the hosts with GET /api/hosts and use the id or the name of one of them.',
  },
  HOST_NAME_IN_USE: {
    status: 409,
    title: 'Another host has this name',
    remedy: 'Choose another name, or rename or remove the host that has it.',
  },
  HOST_HAS_VFS_IN_USE: {
    status: 409,
    title: 'The host still has virtual functions in use',
    remedy: 'Stop or migrate the virtual machines that hold them, then remove the host.',
  },
  HOST_RUNS_VMS: {
    status: 409,
    title: 'Virtual machines run on the host',
    remedy:
      'Stop or migrate the virtual machines named here. When the host is gone for good, confirm that it is powered off.',
  },
  ENROLMENT_NOT_AVAILABLE: {
    status: 409,
    title: 'This installation has no users of a broker to give',
    remedy:
      'Agents of other machines need a RabbitMQ: set AMQP_URL, and VFLEET_RABBITMQ_API to its management API, then ask for credentials with POST /api/hosts/{host}/enrolment.',
  },
  ENROLMENT_TOLD_ONCE: {
    status: 409,
    title: 'Credentials are told once',
    remedy:
      'They are kept nowhere. When the first answer is lost, make new ones with POST /api/hosts/{host}/enrolment, as a new request; the earlier ones end.',
  },
  BROKER_USERS_UNAVAILABLE: {
    status: 503,
    title: "The broker's users cannot be changed now",
    remedy:
      'Check the management API of the broker and VFLEET_RABBITMQ_API; then ask for credentials with POST /api/hosts/{host}/enrolment.',
  },
  HOST_IS_CHANGING: {
    status: 409,
    title: 'The host is being changed',
    remedy: 'Wait until the change is settled, then try again.',
  },
  HOST_NETWORK_INTERFACE_NOT_EXIST: {
    status: 404,
    title: 'The host has no such network interface',
    remedy: 'List the interfaces with GET /api/hosts/{host}/nics; refresh the host if the card was just added.',
  },
  HOST_UNREACHABLE: {
    status: 503,
    title: 'The host does not answer',
    remedy:
      'Check that vfleet-host-agent runs on the host and reaches the message broker; then try again. Nothing was saved.',
  },
  NIC_IS_BOND_SLAVE: {
    status: 409,
    title: 'A slave of a bond carries no networks or labels of its own',
    remedy:
      'Put them on the bond named here, or take the interface out of the bond. Its VFs configuration is not concerned.',
  },
  NIC_CANNOT_CARRY_NETWORKS: {
    status: 409,
    title: 'Only a physical interface or a bond carries networks and labels',
    remedy: 'Use the physical function or the bond below it.',
  },
  NETWORK_ALREADY_ATTACHED_TO_NIC: {
    status: 409,
    title: 'The network is attached to an interface of this host already',
    remedy: 'Take it off the interface named here first; of one host only one interface carries a network.',
  },
  NETWORK_NOT_ATTACHED_TO_NIC: {
    status: 404,
    title: 'The network is not attached to the interface',
    remedy: 'Read its networks with GET on the networks of the interface.',
  },
  NETWORK_ATTACHED_TO_NIC_VIA_LABEL: {
    status: 409,
    title: 'The network is attached through a label',
    remedy: 'Remove the label named here from the interface, or give the network another label.',
  },
  LABEL_ALREADY_ON_NIC: {
    status: 409,
    title: 'An interface of this host has the label already',
    remedy: 'Take it off the interface named here first; of one host only one interface has a label.',
  },
  LABEL_NOT_ON_NIC: {
    status: 404,
    title: 'The interface does not have the label',
    remedy: 'Read its labels with GET on the labels of the interface.',
  },
} as const satisfies Record<string, RefusalRow>;
