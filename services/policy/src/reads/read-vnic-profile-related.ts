import { type Reference, refOf } from '@vfleet/contracts/vocabulary/ids';
import type { VnicProfileChange } from '@vfleet/contracts/vocabulary/vnic-profile';
import { type Documents, guardOf, type Stored, type Write } from '@vfleet/documents/documents';
import type { VnicProfileSupport } from '../core/decide-vnic-profile.ts';
import { nameInNetwork, type StoredVnicProfile } from '../core/vnic-profile.ts';
import type { Sought, VnicProfileRelated } from '../core/vnic-profile-rules.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { findEntity } from './find-entity.ts';
import { vnicProfilesKnownAs } from './find-vnic-profile.ts';

/**
 * What a profile is judged with, and the guards of what it refers to, for a decision that rests on them. Those of
 * clusters are read with the users of the profile.
 */
export type VnicProfileReads = {
  related: VnicProfileRelated;
  guards: Record<VnicProfileSupport, Write[]>;
};

type Reads = Pick<OwnedCollections, 'networks' | 'qos' | 'vnicProfiles'>;

/** Reads what a request names and what the profile `before` refers to already; `before` is null when it is made. */
export async function readVnicProfileRelated(
  { networks: { documents: networks }, qos: { documents: qos }, vnicProfiles: { documents: vnicProfiles } }: Reads,
  { id, fields, before }: { id: string; fields: VnicProfileChange; before: StoredVnicProfile | null },
): Promise<VnicProfileReads> {
  const [onNetwork, withQos, withFailover] = await Promise.all([
    read(networks, fields.network, { before: before?.networkId, known: findOne(networks) }),
    read(qos, fields.qos, { before: before?.qosId, known: findOne(qos) }),
    read(vnicProfiles, fields.failover, {
      before: before?.failoverId,
      known: (ref) => vnicProfilesKnownAs(vnicProfiles, ref),
    }),
  ]);
  const network =
    before === null || onNetwork.document?.id === before.networkId
      ? onNetwork.document
      : await networks.get(before.networkId);
  const name = fields.name === before?.name ? undefined : fields.name;

  return {
    related: {
      asked: { network: onNetwork.asked, qos: withQos.asked, failover: withFailover.asked },
      network: network?.body,
      qos: withQos.document?.body,
      failover: withFailover.document?.body,
      namesake:
        network && name !== undefined ? await namesake(vnicProfiles, { id, name, networkId: network.id }) : undefined,
    },
    guards: {
      network: guards(networks, network),
      qos: guards(qos, withQos.document),
      failover: guards(vnicProfiles, withFailover.document),
      clusters: [],
    },
  };
}

/** The one entity that a request refers to; when it says nothing, the one with the id `before`. */
async function read<Body>(
  documents: Documents<Body>,
  reference: Reference | null | undefined,
  { before, known }: { before: string | null | undefined; known: (ref: string) => Promise<Stored<Body>[]> },
): Promise<{ asked: Sought<Body> | null; document: Stored<Body> | undefined }> {
  if (!reference) {
    const stays = reference === undefined && typeof before === 'string';
    return { asked: null, document: stays ? await documents.get(before) : undefined };
  }
  const ref = refOf(reference);
  const found = await known(ref);
  return { asked: { ref, found: found.map(({ body }) => body) }, document: found.length === 1 ? found[0] : undefined };
}

function findOne<Body>(documents: Documents<Body>): (ref: string) => Promise<Stored<Body>[]> {
  return async (ref) => {
    const found = await findEntity(documents, ref);
    return found ? [found] : [];
  };
}

async function namesake(
  vnicProfiles: Documents<StoredVnicProfile>,
  { id, ...wanted }: Pick<StoredVnicProfile, 'id' | 'name' | 'networkId'>,
): Promise<StoredVnicProfile | undefined> {
  const [holder] = await vnicProfiles.find('nameInNetwork', nameInNetwork(wanted), { limit: 1 });
  return holder?.id === id ? undefined : holder?.body;
}

function guards<Body>(documents: Documents<Body>, document: Stored<Body> | undefined): Write[] {
  return document ? [guardOf(documents, document)] : [];
}
