/**
 * Every business refusal the product can give: its HTTP status, what a person reads, and what they can do about it.
 * `title` never changes between two refusals of one code; the `detail` beside it names the things involved.
 * A row is reachable: the test beside the rule tables asserts that each code is produced by a rule or a named mechanism.
 */
export const REFUSALS = {
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
  UPDATE_NUM_VFS_FAILURE: {
    status: 502,
    title: 'The host could not change the number of virtual functions',
    remedy: 'Follow the remedy of the cause; then send the same number again.',
  },
  HOST_UNREACHABLE: {
    status: 503,
    title: 'The host does not answer',
    remedy:
      'Check that vfleet-host-agent runs on the host and reaches the message broker; then try again. Nothing was saved.',
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
    remedy: 'Put the card back, or remove its configuration with DELETE on the vfsConfig.',
  },
  PF_NOT_MISSING: {
    status: 409,
    title: 'Only the configuration of a missing physical function can be removed',
    remedy: 'Set the number of virtual functions to 0 instead, or take the card out first.',
  },
  VFS_CONFIG_NOT_EXIST: {
    status: 404,
    title: 'The interface has no such virtual function configuration',
    remedy: 'Read it with GET /api/hosts/{host}/nics/{nic}/vfsConfig.',
  },
  PRECONDITION_FAILED: {
    status: 412,
    title: 'The resource has changed since it was read',
    remedy: 'Read it again, look at what changed, and send the change with the new ETag.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'This idempotency key was used for another request',
    remedy: 'Use a new key for a new request; repeat a request unchanged to get its first answer.',
  },
  ID_ALREADY_USED: {
    status: 409,
    title: 'This id was used before',
    remedy: 'Ids are never given out again: choose a new one.',
  },
  TOO_MUCH_CONTENTION: {
    status: 503,
    title: 'Too many changes at once',
    remedy: 'Nothing was changed by this request; send it again.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>;

export type RefusalCode = keyof typeof REFUSALS;

/** One broken rule as a caller sees it: `detail` names the things involved, `remedy` what to do. */
export type Refusal = { code: RefusalCode; detail: string; remedy: string };

/** Makes the refusal of `code` with the table's remedy, unless a sharper one is known. */
export function refusal(code: RefusalCode, detail: string, remedy: string = REFUSALS[code].remedy): Refusal {
  return { code, detail, remedy };
}

/** The HTTP status of several broken rules: 404 before 400 before 412 before 409 before 502 and 503. */
export function statusOf(refusals: readonly Pick<Refusal, 'code'>[]): number {
  const statuses = refusals.map(({ code }) => REFUSALS[code].status);
  return [404, 400, 412, 409, 502, 503].find((status) => (statuses as number[]).includes(status)) ?? 409;
}
