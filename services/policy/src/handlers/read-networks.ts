import type { Answer } from '@vfleet/bus/bus';
import type { ReadNetworks } from '@vfleet/contracts/policy/networks';
import { knownNetwork } from '../core/network.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { readKnown } from '../reads/read-known.ts';

export const readNetworks =
  ({ networks }: Pick<OwnedCollections, 'networks'>): Answer<typeof ReadNetworks> =>
  async ({ payload }) => ({ ok: true, reply: await readKnown(networks.documents, payload, knownNetwork) });
