import type { ResolvedVm, ResolvedVnic } from '@vfleet/contracts/policy/runs';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { sampleNetwork } from './sample-demand.ts';

/** A plugged vNIC that must have a VF of a network. */
export function sampleVnic(name: string, network: string, change: Partial<ResolvedVnic> = {}): ResolvedVnic {
  const { needs = 'vf' } = change;
  const passThrough = { vf: 'enabled', 'vf-or-bridge': 'preferred', bridge: 'disabled', nothing: 'disabled' } as const;
  const profile = { id: `${network}-profile`, version: 1, name: network, passThrough: passThrough[needs] };
  const none = { portMirroring: false, networkFilter: null, qos: null };
  return {
    ...{ id: `id-${name}`, name, interface: 'pci_passthrough', needs, mac: '02:00:00:00:00:01', linked: true },
    ...{ bootOrder: null, customMtu: null, macSpoofing: false, pinnedVf: null, guestPciAddress: null, failover: null },
    profile: { ...profile, ...none, migratable: true, vf: NO_VF_PROPERTIES },
    network: sampleNetwork(network),
    ...change,
  };
}

/** A VM with these vNICs, of the cluster `default`, that runs nowhere. */
export function sampleVm(name: string, vnics: readonly ResolvedVnic[], change: Partial<ResolvedVm> = {}): ResolvedVm {
  return {
    ...{ id: `id-${name}`, version: 1, name, policy: 'pack', numaNode: null, domainXml: null, placementId: null },
    cluster: { id: 'default', name: 'Default', compatibilityVersion: '4.7' },
    vnics: [...vnics],
    ...change,
  };
}
