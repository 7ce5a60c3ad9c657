import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { QosChange } from '@vfleet/contracts/vocabulary/qos';
import { changedQos, type StoredQos } from './qos.ts';
import { revised } from './revised.ts';
import { staleVersion } from './stale-version.ts';
import { idTaken, knownAs, refTaken } from './taken.ts';
import { usersInWords } from './users-in-words.ts';

/**
 * A QoS as it would be: made, or changed from `before` by `fields`; `namesake` is the id of another one that is known by
 * its name.
 */
type Subject = {
  qos: StoredQos;
  before: StoredQos | null;
  fields: QosChange;
  ifVersion?: number | undefined;
  namesake: string | undefined;
};

/** `networks` and `vnicProfiles` are the names of those that use the QoS. */
type RemovalSubject = {
  qos: StoredQos;
  ifVersion?: number | undefined;
  networks: readonly string[];
  vnicProfiles: readonly string[];
};

/** Every rule of a QoS, made or changed, all evaluated, all violations told. */
const RULES: Rule<Subject>[] = [
  {
    code: 'PRECONDITION_FAILED',
    detail: ({ before, ifVersion }) =>
      before === null ? undefined : staleVersion(`QoS ${before.name}`, before, ifVersion),
  },
  {
    code: 'QOS_NAME_IN_USE',
    detail: ({ qos: { name }, namesake }) =>
      namesake === undefined ? undefined : knownAs('QoS', { name, holder: namesake }),
  },
  {
    code: 'CANNOT_CHANGE_QOS_TYPE',
    detail: ({ qos, before, fields }) =>
      before === null || fields.type === undefined || fields.type === before.type
        ? undefined
        : `The QoS ${qos.name} is of the type ${before.type}.`,
  },
  {
    code: 'QOS_VALUES_CONTRADICT',
    detail: ({ qos }) => {
      const contradictions = [...valuesOfTheOtherType(qos), ...peaksBelowAverage(qos), ...realtimeAboveLimit(qos)];
      return contradictions.length === 0 ? undefined : `In the QoS ${qos.name}, ${contradictions.join('; ')}.`;
    },
  },
];

const REMOVAL_RULES: Rule<RemovalSubject>[] = [
  {
    code: 'PRECONDITION_FAILED',
    detail: ({ qos, ifVersion }) => staleVersion(`QoS ${qos.name}`, qos, ifVersion),
  },
  {
    code: 'QOS_IN_USE',
    detail: ({ qos, networks, vnicProfiles }) => {
      const users = [
        ...(networks.length > 0 ? [`the networks ${usersInWords(networks)}`] : []),
        ...(vnicProfiles.length > 0 ? [`the vNIC profiles ${usersInWords(vnicProfiles)}`] : []),
      ];
      return users.length === 0 ? undefined : `The QoS ${qos.name} is used by ${users.join(' and ')}.`;
    },
  },
];

/** Every reason not to make a QoS; `holder` is the one that has its id. */
export function qosAdditionRefusals(
  qos: StoredQos,
  { holder, namesake }: { holder: StoredQos | undefined; namesake: string | undefined },
): Refusal[] {
  return [
    ...(holder ? [idTaken('QoS', holder)] : []),
    ...brokenRules(RULES, { qos, before: null, fields: {}, namesake }),
  ];
}

/** Decides a change of a QoS; `qos` is undefined when it leaves everything as it is. */
export function decideUpdateQos(
  before: StoredQos,
  asked: Pick<Subject, 'fields' | 'ifVersion' | 'namesake'>,
): { ok: true; qos: StoredQos | undefined } | { ok: false; refusals: Refusal[] } {
  const qos = changedQos(before, asked.fields);
  const refusals = brokenRules(RULES, { qos, before, ...asked });
  return refusals.length > 0 ? { ok: false, refusals } : { ok: true, qos: revised(before, qos) };
}

/** Every reason not to remove a QoS. */
export function qosRemovalRefusals(subject: RemovalSubject): Refusal[] {
  return brokenRules(REMOVAL_RULES, subject);
}

export function noSuchQos(ref: string): Refusal {
  return refusal('QOS_NOT_EXIST', `No QoS has the id or the name ${ref}.`);
}

/** The refusal of a QoS's name or id that another one is known by. */
export function qosTaken(
  { id, name }: { id: string; name: string },
  duplicate: { value: string; holder: string },
): Refusal {
  return refTaken({ noun: 'QoS', nameInUse: 'QOS_NAME_IN_USE', id, name }, duplicate);
}

function valuesOfTheOtherType({ type, inbound, outbound, linkshare, upperLimit, realtime }: StoredQos): string[] {
  const others = type === 'vm_network' ? { linkshare, upper_limit: upperLimit, realtime } : { inbound, outbound };
  return Object.entries(others).flatMap(([name, value]) =>
    value === null ? [] : [`\`${name}\` is not of the type ${type}`],
  );
}

function peaksBelowAverage({ inbound, outbound }: StoredQos): string[] {
  return Object.entries({ inbound, outbound }).flatMap(([name, limit]) =>
    limit === null || limit.peak >= limit.average
      ? []
      : [`the peak of \`${name}\` (${limit.peak}) is below its average (${limit.average})`],
  );
}

function realtimeAboveLimit({ upperLimit, realtime }: StoredQos): string[] {
  return upperLimit === null || realtime === null || realtime <= upperLimit
    ? []
    : [`\`realtime\` (${realtime}) is above \`upper_limit\` (${upperLimit})`];
}
