import type { VnicProfile } from '@vfleet/contracts/vocabulary/vnic-profile';
import { type StoredVnicProfile, vnicProfileView } from '../core/vnic-profile.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { readNamed } from './read-named.ts';

/** Makes what shows profiles; each document that several of these refer to is read once. */
export async function showVnicProfiles(
  { networks, qos, vnicProfiles }: Pick<OwnedCollections, 'networks' | 'qos' | 'vnicProfiles'>,
  profiles: readonly StoredVnicProfile[],
): Promise<(profile: StoredVnicProfile) => VnicProfile> {
  const [ofNetworks, ofQos, ofFailovers] = await Promise.all([
    readNamed(
      networks.documents,
      profiles.map(({ networkId }) => networkId),
    ),
    readNamed(
      qos.documents,
      profiles.map(({ qosId }) => qosId),
    ),
    readNamed(
      vnicProfiles.documents,
      profiles.map(({ failoverId }) => failoverId),
    ),
  ]);
  return (profile) =>
    vnicProfileView(profile, {
      network: ofNetworks.get(profile.networkId),
      failover: ofFailovers.get(profile.failoverId),
      qos: ofQos.get(profile.qosId),
    });
}
