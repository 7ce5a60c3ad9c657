import type { Rule } from '@vfleet/contracts/rules';
import type { VnicProfileChange } from '@vfleet/contracts/vocabulary/vnic-profile';
import type { StoredNetwork } from './network.ts';
import type { StoredQos } from './qos.ts';
import { namesakesInWords, nameTakenInWords } from './refuse-vnic-profile.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** A reference and what it may mean: nothing, one entity, or several that share a name. */
export type Sought<Body> = { ref: string; found: readonly Body[] };

/** What a profile is judged with, whether it is made or changed. */
export type VnicProfileRelated = {
  /** What the request names; null where it names nothing. */
  asked: {
    network: Sought<StoredNetwork> | null;
    qos: Sought<StoredQos> | null;
    failover: Sought<StoredVnicProfile> | null;
  };
  /** The network it is on or would be; undefined when there is none such. */
  network: StoredNetwork | undefined;
  /** The QoS and the failover it would have. */
  qos: StoredQos | undefined;
  failover: StoredVnicProfile | undefined;
  /** Another profile of the network that has the name. */
  namesake: StoredVnicProfile | undefined;
};

/** A profile as it would be; where a reference finds nothing or too much, the reference itself stands for an id. */
export type VnicProfileSubject = VnicProfileRelated & { profile: StoredVnicProfile; fields: VnicProfileChange };

/**
 * Every rule of a profile by itself, all evaluated, all violations told (docs/domain.md, Networks, profiles, vNICs).
 * `preferred` is passthrough in all of them: a vNIC of such a profile may get a VF at any plug. What the profile refers
 * to already is kept as it must be by the rules of those others.
 */
export const VNIC_PROFILE_RULES: Rule<VnicProfileSubject>[] = [
  {
    code: 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
    detail: ({ asked: { network } }) =>
      network?.found.length === 0 ? `No network has the id or the name ${network.ref}.` : undefined,
  },
  {
    code: 'VNIC_PROFILE_NAME_IN_USE',
    detail: ({ profile, namesake }) => namesake && nameTakenInWords(profile.name, namesake.id),
  },
  {
    code: 'PASSTHROUGH_NAMES_DISAGREE',
    detail: ({ fields: { pass_through: one, passthrough: other } }) =>
      one === undefined || other === undefined || one === other
        ? undefined
        : `\`pass_through\` is ${one} and \`passthrough\` is ${other}.`,
  },
  {
    code: 'PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES',
    detail: ({ profile, qos }) => {
      const { portMirroring, qosId, networkFilter } = profile;
      const properties = [
        ...(portMirroring ? ['`port_mirroring`'] : []),
        ...(qosId === null ? [] : [`\`qos\` ${qos?.name ?? qosId}`]),
        ...(networkFilter === null ? [] : [`\`network_filter\` ${networkFilter}`]),
      ];
      if (properties.length === 0 || !passesThrough(profile)) return undefined;
      return `${wouldPassThrough(profile)}, and it would have ${properties.join(', ')}.`;
    },
  },
  {
    code: 'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION',
    detail: ({ profile, network }) =>
      network?.portIsolation && passesThrough(profile)
        ? `${wouldPassThrough(profile)}, and network ${network.name} has port isolation.`
        : undefined,
  },
  {
    code: 'MIGRATABLE_NEEDS_PASSTHROUGH',
    detail: ({ profile }) =>
      profile.migratable && !passesThrough(profile)
        ? `${wouldPassThrough(profile)}, and \`migratable\` would be true.`
        : undefined,
  },
  {
    code: 'FAILOVER_NEEDS_MIGRATABLE_PASSTHROUGH',
    detail: ({ profile, failover }) => {
      const { failoverId, migratable } = profile;
      if (failoverId === null || (passesThrough(profile) && migratable)) return undefined;
      const name = failover?.name ?? failoverId;
      return `${wouldPassThrough(profile)}, \`migratable\` ${migratable}, and \`failover\` would be ${name}.`;
    },
  },
  {
    code: 'FAILOVER_VNIC_PROFILE_NOT_EXIST',
    detail: ({ profile, asked: { failover } }) =>
      failover?.found.length === 0 && failover.ref !== profile.id
        ? `No vNIC profile has the id or the name ${failover.ref}.`
        : undefined,
  },
  {
    code: 'VNIC_PROFILE_NAME_AMBIGUOUS',
    detail: ({ asked: { failover } }) =>
      failover && failover.found.length > 1 ? namesakesInWords(failover.ref, failover.found) : undefined,
  },
  {
    code: 'FAILOVER_VNIC_PROFILE_CANNOT_POINT_TO_SELF',
    detail: ({ profile }) =>
      profile.failoverId === profile.id ? `vNIC profile ${profile.name} would be its own \`failover\`.` : undefined,
  },
  {
    code: 'FAILOVER_VNIC_PROFILE_IS_PASSTHROUGH',
    detail: ({ profile, asked, failover }) =>
      asked.failover && failover && failover.id !== profile.id && passesThrough(failover)
        ? `\`failover\` of vNIC profile ${profile.name} would be ${failover.name}, whose \`pass_through\` is ${failover.passThrough}.`
        : undefined,
  },
  {
    code: 'VF_PROPERTIES_NEED_PASSTHROUGH',
    detail: ({ profile }) => {
      const properties = Object.entries(profile.vf).flatMap(([name, value]) => (value === null ? [] : [`\`${name}\``]));
      if (properties.length === 0 || passesThrough(profile)) return undefined;
      return `${wouldPassThrough(profile)}, and \`vf\` would have ${properties.join(', ')}.`;
    },
  },
  {
    code: 'VF_RATES_NOT_IN_VALID_RANGE',
    detail: ({ profile: { vf } }) =>
      vf.min_tx_rate === null || vf.max_tx_rate === null || vf.min_tx_rate <= vf.max_tx_rate
        ? undefined
        : `\`min_tx_rate\` would be ${vf.min_tx_rate} Mbit/s and \`max_tx_rate\` ${vf.max_tx_rate} Mbit/s.`,
  },
  {
    code: 'QOS_NOT_EXIST',
    detail: ({ asked: { qos } }) => (qos?.found.length === 0 ? `No QoS has the id or the name ${qos.ref}.` : undefined),
  },
  {
    code: 'QOS_TYPE_MISMATCH',
    detail: ({ profile, asked, qos }) =>
      asked.qos && qos && qos.type !== 'vm_network'
        ? `QoS ${qos.name} is of the type ${qos.type}; vNIC profile ${profile.name} needs one of the type vm_network.`
        : undefined,
  },
];

/** Whether vNICs of a profile get a VF, always or when one is free. */
function passesThrough({ passThrough }: StoredVnicProfile): boolean {
  return passThrough !== 'disabled';
}

function wouldPassThrough({ name, passThrough }: StoredVnicProfile): string {
  return `\`pass_through\` of vNIC profile ${name} would be ${passThrough}`;
}
