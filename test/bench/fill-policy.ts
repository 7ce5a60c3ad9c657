import { DEFAULT_CLUSTER } from '@vfleet/contracts/vocabulary/cluster';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import type { Collection, Put } from '@vfleet/documents/documents';
import { NETWORKS, VMS, VNIC_PROFILES } from '@vfleet/policy/collections';
import type { StoredVnic } from '@vfleet/policy/core/vm';

export const SIZE = { networks: 10_000, profiles: 10_000, vms: 10_000, vnicsEach: 5 };

const AT_ONCE = 500;

/** Writes documents that are not there yet, however is fastest. */
export type Insert = <Body>(collection: Collection<Body>, puts: readonly Put<Body>[]) => Promise<void>;

/** Networks n0, n1, …, a passthrough profile p0, p1, … on each, and VMs v0, v1, … with vNICs on five of the profiles. */
export async function fillPolicy(insert: Insert): Promise<void> {
  await fill(insert, NETWORKS, SIZE.networks, (n) => ({
    id: `n${n}`,
    name: `network ${n}`,
    revision: 1,
    description: '',
    vlanId: 1 + (n % 4094),
    mtu: 1500,
    label: `label${n % 100}`,
    portIsolation: false,
    required: false,
    roles: [],
    qosId: null,
  }));
  await fill(insert, VNIC_PROFILES, SIZE.profiles, (n) => ({
    id: `p${n}`,
    name: `profile ${n}`,
    revision: 1,
    description: '',
    networkId: `n${n}`,
    passThrough: 'enabled' as const,
    migratable: false,
    failoverId: null,
    portMirroring: false,
    qosId: null,
    networkFilter: null,
    vf: NO_VF_PROPERTIES,
  }));
  await fill(insert, VMS, SIZE.vms, (n) => ({
    id: `v${n}`,
    name: `vm ${n}`,
    revision: 1,
    description: '',
    clusterId: DEFAULT_CLUSTER.id,
    numaNode: null,
    policy: null,
    domainXml: null,
    placementId: null,
    nics: Array.from({ length: SIZE.vnicsEach }, (_, index) => vnic(n, index)),
  }));
}

function vnic(vm: number, index: number): StoredVnic {
  return {
    id: `v${vm}-${index}`,
    name: `nic${index}`,
    revision: 1,
    interface: 'pci_passthrough',
    profileId: `p${(vm + index * 1000) % SIZE.profiles}`,
    mac: macOf(vm * SIZE.vnicsEach + index),
    plugged: true,
    linked: true,
    bootOrder: null,
    customMtu: null,
    macSpoofing: false,
    pinnedVf: null,
    guestPciAddress: null,
  };
}

async function fill<Body extends { id: string }>(
  insert: Insert,
  collection: Collection<Body>,
  count: number,
  bodyOf: (n: number) => Body,
): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const bodies = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, n) => bodyOf(from + n));
    const puts = bodies.map((body) => ({ id: body.id, expectedVersion: 0, body, answers: [], unpublished: [] }));
    await insert(collection, puts);
  }
}

function macOf(n: number): string {
  const bytes = [0x02, 0x56, 0x46, (n >> 16) & 0xff, (n >> 8) & 0xff, n & 0xff];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
