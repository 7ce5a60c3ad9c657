import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import type { StoredNetwork } from '../core/network.ts';
import type { StoredQos } from '../core/qos.ts';
import type { StoredVnic } from '../core/vm.ts';
import type { StoredVnicProfile } from '../core/vnic-profile.ts';
import type { VnicProfileUsers } from '../core/vnic-profile-edit-rules.ts';
import type { VnicProfileRelated } from '../core/vnic-profile-rules.ts';
import { sampleNetwork, sampleVm, sampleVnic } from './sample-vm.ts';
import { sampleQos, sampleVnicProfile } from './sample-vnic-profile.ts';

/** The network of the sample profile, and the same with port isolation. For tests, as all of these. */
export const NETWORK = sampleNetwork({ id: 'n1', name: 'red' });
export const ISOLATED: StoredNetwork = { ...NETWORK, portIsolation: true };
export const QOS = sampleQos();
export const FAILOVER = sampleVnicProfile({ id: 'p9', name: 'spare' });
export const ENABLED = sampleVnicProfile({ passThrough: 'enabled' });
export const PREFERRED = sampleVnicProfile({ passThrough: 'preferred' });
export const TRUSTED = { ...NO_VF_PROPERTIES, trust: true, vlan_qos: 0 };
/** Everything that goes with passthrough alone. */
export const FULL: StoredVnicProfile = { ...ENABLED, migratable: true, failoverId: 'p9', vf: TRUSTED };

const NOTHING_ASKED = { network: null, qos: null, failover: null };

/** What is read for a change that names nothing, of a profile that refers to its network alone. */
export const AROUND: VnicProfileRelated & VnicProfileUsers = {
  ...{ asked: NOTHING_ASKED, network: NETWORK, qos: undefined, failover: undefined, namesake: undefined },
  ...{ users: [], clusters: [], failoverOf: [] },
};

/** What a request names, with what was found for it; `AROUND` names nothing. */
export function asking(asked: Partial<VnicProfileRelated['asked']>): Pick<VnicProfileRelated, 'asked'> {
  return { asked: { ...NOTHING_ASKED, ...asked } };
}

/** A request that names a QoS which is there. */
export function askingQos(qos: StoredQos = QOS): Pick<VnicProfileRelated, 'asked' | 'qos'> {
  return { ...asking({ qos: { ref: qos.name, found: [qos] } }), qos };
}

/** A request that names a failover which is there. */
export function askingFailover(failover = FAILOVER): Pick<VnicProfileRelated, 'asked' | 'failover'> {
  return { ...asking({ failover: { ref: failover.name, found: [failover] } }), failover };
}

/** One VM with these vNICs of the sample profile, and with one of none. */
export function usedBy(...nics: Partial<StoredVnic>[]): Pick<VnicProfileUsers, 'users'> {
  const vnics = nics.map((nic, index) => sampleVnic(index + 1, { profileId: 'p1', ...nic }));
  return { users: [sampleVm([...vnics, sampleVnic(9)])] };
}
