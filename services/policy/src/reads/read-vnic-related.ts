import { type Reference, refOf } from '@vfleet/contracts/vocabulary/ids';
import type { Vnic } from '@vfleet/contracts/vocabulary/vnic';
import { type Documents, guardOf, type Stored, type Write } from '@vfleet/documents/documents';
import { levelsNeeded } from '../core/cluster-level.ts';
import type { VnicRelated } from '../core/decide-vnic.ts';
import type { StoredVm, StoredVnic } from '../core/vm.ts';
import { vnicView } from '../core/vm-view.ts';
import type { StoredVnicProfile } from '../core/vnic-profile.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { type FoundVnicProfile, findVnicProfile } from './find-vnic-profile.ts';
import { bodiesById, readEach } from './read-each.ts';

type Reads = Pick<OwnedCollections, 'clusters' | 'vnicProfiles' | 'networks' | 'vms'>;

/** What was read for a command on a vNIC. */
export type VnicReading = {
  related: VnicRelated;
  /**
   * Guards of what a vNIC rests on: its profile, and its cluster when the vNIC needs a level of it. Who changes or
   * removes one of these looks at the vNICs that use it.
   */
  restsOn: (vnic: StoredVnic) => Write[];
  view: (vnic: StoredVnic) => Vnic;
};

/** Reads what a vNIC is judged with. `asked` is what was said of it; `before` is as it is, undefined when it is made. */
export async function readVnicRelated(
  { clusters, vnicProfiles, networks, vms }: Reads,
  vm: StoredVm,
  {
    asked,
    before,
  }: {
    asked: { vnic_profile?: Reference | null | undefined; mac?: string | undefined };
    before: StoredVnic | undefined;
  },
): Promise<VnicReading> {
  const [[cluster], profile, macHolder] = await Promise.all([
    readEach(clusters.documents, [vm.clusterId]),
    readProfile(vnicProfiles.documents, asked.vnic_profile, before?.profileId ?? null),
    asked.mac === undefined ? null : readMacHolder(vms.documents, asked.mac, vm.id),
  ]);
  if (!cluster) throw new Error(`${vm.id} is in the cluster ${vm.clusterId}, which was not read`);
  const used = profile.ok ? profile.profile : null;
  const ofNetworks = await readEach(networks.documents, used ? [used.body.networkId] : []);
  const shown = { profiles: bodiesById(used ? [used] : []), networks: bodiesById(ofNetworks) };
  return {
    related: {
      cluster: cluster.body,
      profile: profile.ok ? { ok: true, profile: used?.body ?? null } : profile,
      macHolder,
    },
    restsOn: (vnic) => [
      ...(used ? [guardOf(vnicProfiles.documents, used)] : []),
      ...(levelsNeeded(vnic, used?.body ?? null).length > 0 ? [guardOf(clusters.documents, cluster)] : []),
    ],
    view: (vnic) => vnicView(vnic, shown),
  };
}

/** The profile a vNIC would have: that which is asked for, or the one with the id `before` when nothing is said. */
async function readProfile(
  profiles: Documents<StoredVnicProfile>,
  asked: Reference | null | undefined,
  before: string | null,
): Promise<FoundVnicProfile | { ok: true; profile: Stored<StoredVnicProfile> | null }> {
  if (asked) return findVnicProfile(profiles, refOf(asked));
  if (asked === null || before === null) return { ok: true, profile: null };
  const profile = await profiles.get(before);
  if (!profile) throw new Error(`the vNIC profile ${before} is referred to and was not read`);
  return { ok: true, profile };
}

async function readMacHolder(vms: Documents<StoredVm>, mac: string, vmId: string): Promise<VnicRelated['macHolder']> {
  const [holder] = await vms.find('mac', mac, { limit: 1 });
  const vnic = holder?.body.nics.find((nic) => nic.mac === mac);
  return holder && vnic && holder.id !== vmId ? { vm: holder.body, vnic } : null;
}
