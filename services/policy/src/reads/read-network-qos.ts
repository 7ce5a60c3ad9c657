import { type Reference, refOf } from '@vfleet/contracts/vocabulary/ids';
import type { Documents, Stored } from '@vfleet/documents/documents';
import type { WantedQos } from '../core/decide-network.ts';
import type { StoredQos } from '../core/qos.ts';
import { findEntity } from './find-entity.ts';

/** What a request says of the QoS of a network, and the document of the one that the network has then. */
export type NetworkQos = { wanted: WantedQos; document: Stored<StoredQos> | undefined };

/** Reads the QoS a request refers to; when it says nothing, the one with the id `before`. */
export async function readNetworkQos(
  qos: Documents<StoredQos>,
  reference: Reference | null | undefined,
  before: string | null,
): Promise<NetworkQos> {
  if (reference === null) return { wanted: { kind: 'none' }, document: undefined };
  if (reference === undefined) {
    return { wanted: { kind: 'as-it-is' }, document: before === null ? undefined : await qos.get(before) };
  }
  const ref = refOf(reference);
  const document = await findEntity(qos, ref);
  return { wanted: document ? { kind: 'found', qos: document.body } : { kind: 'unknown', ref }, document };
}
