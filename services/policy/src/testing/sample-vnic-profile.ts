import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import type { StoredVnicProfile } from '../core/vnic-profile.ts';

/** A profile without passthrough on network `n1`; `change` replaces what differs. For tests. */
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
