import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { NetworkChange, NewNetwork } from '@vfleet/contracts/vocabulary/network';
import { changedNetwork, newNetwork, type StoredNetwork } from './network.ts';
import type { StoredQos } from './qos.ts';
import { revised } from './revised.ts';
import { staleVersion } from './stale-version.ts';
import { idTaken, knownAs, refTaken } from './taken.ts';
import { usersInWords } from './users-in-words.ts';

/** What a request says of the QoS of a network: nothing, none, one that does not exist, or one that does. */
export type WantedQos =
  | { kind: 'as-it-is' }
  | { kind: 'none' }
  | { kind: 'unknown'; ref: string }
  | { kind: 'found'; qos: StoredQos };

/**
 * `namesake` is the id of another network that is known by the name asked for, and `passthroughProfiles` are the names
 * of the passthrough profiles on the network.
 */
type Subject = {
  before: StoredNetwork | null;
  fields: NetworkChange;
  ifVersion?: number | undefined;
  namesake: string | undefined;
  qos: WantedQos;
  passthroughProfiles: readonly string[];
};

/** `vnicProfiles` are the names of those on the network. */
type RemovalSubject = {
  network: StoredNetwork;
  ifVersion?: number | undefined;
  vnicProfiles: readonly string[];
};

/**
 * Every rule of a network, made or changed, all evaluated, all violations told. VLAN, MTU, label, roles and `required` may be anything at any time: what runs takes them at its next plug.
 */
const RULES: Rule<Subject>[] = [
  {
    code: 'PRECONDITION_FAILED',
    detail: ({ before, ifVersion }) =>
      before === null ? undefined : staleVersion(`network ${before.name}`, before, ifVersion),
  },
  {
    code: 'NETWORK_NAME_IN_USE',
    detail: ({ fields: { name }, namesake }) =>
      name === undefined || namesake === undefined ? undefined : knownAs('network', { name, holder: namesake }),
  },
  {
    code: 'QOS_NOT_EXIST',
    detail: ({ qos }) => (qos.kind === 'unknown' ? `No QoS has the id or the name ${qos.ref}.` : undefined),
  },
  {
    code: 'QOS_TYPE_MISMATCH',
    detail: ({ qos }) =>
      qos.kind === 'found' && qos.qos.type !== 'host_network'
        ? `The QoS ${qos.qos.name} is of the type ${qos.qos.type}; a network has one of the type host_network.`
        : undefined,
  },
  {
    code: 'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION',
    detail: ({ before, fields, passthroughProfiles }) =>
      before === null || !isIsolationSwitchedOn(before, fields) || passthroughProfiles.length === 0
        ? undefined
        : `Passthrough profiles are on the network ${before.name}: ${usersInWords(passthroughProfiles)}.`,
  },
];

const REMOVAL_RULES: Rule<RemovalSubject>[] = [
  {
    code: 'PRECONDITION_FAILED',
    detail: ({ network, ifVersion }) => staleVersion(`network ${network.name}`, network, ifVersion),
  },
  {
    code: 'NETWORK_IN_USE',
    detail: ({ network, vnicProfiles }) =>
      vnicProfiles.length === 0
        ? undefined
        : `The network ${network.name} is used by the vNIC profiles ${usersInWords(vnicProfiles)}.`,
  },
];

/** Decides whether a network can be made; `holder` is the one that has its id. */
export function decideAddNetwork(
  id: string,
  { holder, ...asked }: Pick<Subject, 'namesake' | 'qos'> & { fields: NewNetwork; holder: StoredNetwork | undefined },
): { ok: true; network: StoredNetwork } | { ok: false; refusals: Refusal[] } {
  const refusals = [
    ...(holder ? [idTaken('network', holder)] : []),
    ...brokenRules(RULES, { before: null, ...asked, passthroughProfiles: [] }),
  ];
  if (refusals.length > 0) return { ok: false, refusals };
  return { ok: true, network: newNetwork(id, asked.fields, qosIdOf(asked.qos, null)) };
}

/** Decides a change of a network; `network` is undefined when it leaves everything as it is. */
export function decideUpdateNetwork(
  before: StoredNetwork,
  asked: Omit<Subject, 'before'>,
): { ok: true; network: StoredNetwork | undefined } | { ok: false; refusals: Refusal[] } {
  const refusals = brokenRules(RULES, { before, ...asked });
  if (refusals.length > 0) return { ok: false, refusals };
  return { ok: true, network: revised(before, changedNetwork(before, asked.fields, qosIdOf(asked.qos, before.qosId))) };
}

/** Whether a change switches port isolation on, which no passthrough profile on the network can bear. */
export function isIsolationSwitchedOn(network: StoredNetwork, fields: NetworkChange): boolean {
  return fields.port_isolation === true && !network.portIsolation;
}

/** Every reason not to remove a network. */
export function networkRemovalRefusals(subject: RemovalSubject): Refusal[] {
  return brokenRules(REMOVAL_RULES, subject);
}

export function noSuchNetwork(ref: string): Refusal {
  return refusal('ACTION_TYPE_FAILED_NETWORK_NOT_EXIST', `No network has the id or the name ${ref}.`);
}

/** The refusal of a network's name or id that another one is known by. */
export function networkTaken(
  { id, name }: { id: string; name: string },
  duplicate: { value: string; holder: string },
): Refusal {
  return refTaken({ noun: 'network', nameInUse: 'NETWORK_NAME_IN_USE', id, name }, duplicate);
}

function qosIdOf(qos: WantedQos, before: string | null): string | null {
  switch (qos.kind) {
    case 'as-it-is':
    case 'unknown':
      return before;
    case 'none':
      return null;
    case 'found':
      return qos.qos.id;
  }
}
