import { nameKey } from '@vfleet/contracts/names';
import { EntityId, type Named } from '@vfleet/contracts/vocabulary/ids';
import {
  type NewVnicProfile,
  NO_VF_PROPERTIES,
  PassThrough,
  VfProperties,
  type VnicProfile,
  type VnicProfileChange,
} from '@vfleet/contracts/vocabulary/vnic-profile';
import { z } from 'zod';

/** A vNIC profile as it is stored. `revision` rises with every change of it: its ETag. */
export const StoredVnicProfile = z.object({
  id: EntityId,
  name: z.string(),
  revision: z.int().positive(),
  description: z.string(),
  networkId: EntityId,
  passThrough: PassThrough,
  migratable: z.boolean(),
  failoverId: EntityId.nullable(),
  portMirroring: z.boolean(),
  qosId: EntityId.nullable(),
  networkFilter: z.string().nullable(),
  vf: VfProperties,
});
export type StoredVnicProfile = z.infer<typeof StoredVnicProfile>;

/** What no two profiles have: a name on a network. */
export function nameInNetwork({ networkId, name }: Pick<StoredVnicProfile, 'networkId' | 'name'>): string {
  return `${networkId} ${nameKey(name)}`;
}

/** What a profile refers to, by id. */
export type VnicProfileReferences = Pick<StoredVnicProfile, 'networkId' | 'qosId' | 'failoverId'>;

/** A new profile: without passthrough and everything that goes with it unless told. */
export function newVnicProfile(
  id: string,
  fields: NewVnicProfile,
  references: VnicProfileReferences,
): StoredVnicProfile {
  const unless = { description: '', passThrough: 'disabled', migratable: false, portMirroring: false } as const;
  const none = { networkFilter: null, vf: NO_VF_PROPERTIES };
  return changedVnicProfile({ id, name: fields.name, revision: 1, ...unless, ...none, ...references }, fields);
}

/**
 * A profile with other fields; those that are absent stay, and of `vf` those properties that are. What it refers to is
 * changed by its caller.
 */
export function changedVnicProfile(profile: StoredVnicProfile, fields: VnicProfileChange): StoredVnicProfile {
  const { network_filter: networkFilter } = fields;
  return {
    ...profile,
    name: fields.name ?? profile.name,
    description: fields.description ?? profile.description,
    passThrough: fields.pass_through ?? fields.passthrough ?? profile.passThrough,
    migratable: fields.migratable ?? profile.migratable,
    portMirroring: fields.port_mirroring ?? profile.portMirroring,
    networkFilter: networkFilter === undefined ? profile.networkFilter : networkFilter,
    vf: withProperties(profile.vf, fields.vf ?? {}),
  };
}

/**
 * A profile as callers see it, with what it refers to. A network that is not there any more was removed after the
 * profile was read, and the profile before it: it is shown by its id.
 */
export function vnicProfileView(
  profile: StoredVnicProfile,
  refersTo: { network: Named | undefined; failover: Named | undefined; qos: Named | undefined },
): VnicProfile {
  const { id, name, description, networkId, passThrough, migratable, portMirroring, networkFilter, vf } = profile;
  const network = named(refersTo.network) ?? { id: networkId, name: networkId };
  return {
    ...{ id, name, description, network, pass_through: passThrough, migratable, failover: named(refersTo.failover) },
    ...{ port_mirroring: portMirroring, qos: named(refersTo.qos), network_filter: networkFilter, vf },
  };
}

function named(entity: Named | undefined): Named | null {
  return entity ? { id: entity.id, name: entity.name } : null;
}

/** A property that is absent stays; one that is null is taken away. */
function withProperties(vf: VfProperties, change: NonNullable<VnicProfileChange['vf']>): VfProperties {
  const told = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...vf, ...Object.fromEntries(told) };
}
