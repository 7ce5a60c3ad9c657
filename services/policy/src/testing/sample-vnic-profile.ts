import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import type { StoredQos } from '../core/qos.ts';
import type { StoredVnicProfile } from '../core/vnic-profile.ts';

/** A profile without passthrough on network `n1`; `change` replaces what differs. For tests, as all of these. */
export function sampleVnicProfile(change: Partial<StoredVnicProfile> = {}): StoredVnicProfile {
  return {
    id: 'p1',
    name: 'gold',
    revision: 1,
    description: '',
    networkId: 'n1',
    passThrough: 'disabled',
    migratable: false,
    failoverId: null,
    portMirroring: false,
    qosId: null,
    networkFilter: null,
    vf: NO_VF_PROPERTIES,
    ...change,
  };
}

/** A QoS of the type a profile can have. */
export function sampleQos(change: Partial<StoredQos> = {}): StoredQos {
  const none = { inbound: null, outbound: null, linkshare: null, upperLimit: null, realtime: null };
  return { id: 'q1', name: 'slow', revision: 1, description: '', type: 'vm_network', ...none, ...change };
}
