import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { StoredCluster } from './cluster.ts';
import type { StoredNetwork } from './network.ts';
import type { StoredQos } from './qos.ts';
import type { StoredVnic } from './vm.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** Entities by their ids. */
export type ById<Entity> = ReadonlyMap<string, Entity>;

/** What VMs refer to: their clusters, the profiles of their vNICs and the networks of those. */
export type VmSurroundings = {
  clusters: ById<StoredCluster>;
  profiles: ById<StoredVnicProfile>;
  networks: ById<StoredNetwork>;
};

/** What a run needs beside: `profiles` and `networks` hold the failover profiles' too. */
export type RunSurroundings = VmSurroundings & { qos: ById<StoredQos> };

/** The ids of the profiles of vNICs. */
export function profileIdsOf(vnics: readonly StoredVnic[]): string[] {
  return vnics.flatMap(({ profileId }) => profileId ?? []);
}

/** Throws when the entity is not there: guards keep what is referred to. */
export function referredTo<Entity>(entities: ById<Entity>, id: string): Entity {
  const entity = entities.get(id);
  if (entity === undefined) throw new Error(`${id} is referred to and was not read`);
  return entity;
}

/** An entity as others show it. */
export function named({ id, name }: Named): Named {
  return { id, name };
}
