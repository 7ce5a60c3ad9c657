import type { HostFacts } from '@vfleet/contracts/inventory-facts';
import type { ResolvedVm, ResolvedVnic } from '@vfleet/contracts/policy/runs';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';

/**
 * How VFs and networks are spread over a fleet of hosts with 4 PFs of 64 VFs: `mixed` any number of VFs is free on each
 * PF, and half of the PFs serve two networks only; `full` one host in 100 has VFs left for the VM; `motley` every PF
 * serves a random choice of eight networks, so that no two hosts are alike.
 */
export type Filling = 'mixed' | 'full' | 'motley';

const PFS = [1, 2, 3, 4];
const VFS_EACH = 64;
const CLUSTER = '6f1d3b52-1f43-4ad2-9a77-0d1f4f5a8c11';
const NETWORKS = Array.from({ length: 8 }, (_, n) => `n${n}`);
export const VNICS = 8;

/** Numbers from 0 up to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** The host of a number in a fleet, as inventory tells of it. */
export function hostOf(number: number, filling: Filling, random: () => number): HostFacts {
  const name = `host-${String(number).padStart(5, '0')}`;
  const isFull = filling === 'full' && number % 100 !== 50;
  return {
    ...{ id: idOf(random), version: 1, name, clusterId: CLUSTER, status: 'up' },
    attached: { networkIds: [], labels: [] },
    pfs: PFS.map((bus) => pfOf(bus, { filling, free: isFull ? 0.01 : random(), random })),
  };
}

function pfOf(
  bus: number,
  { filling, free, random }: { filling: Filling; free: number; random: () => number },
): HostFacts['pfs'][number] {
  const freeVfs = Array.from({ length: VFS_EACH }, (_, n) => n)
    .filter(() => random() < free)
    .map((n) => `0000:0${bus}:${(0x10 + (n >> 3)).toString(16)}.${n & 7}`);
  const taken = VFS_EACH - freeVfs.length;
  return {
    ...{ id: idOf(random), name: `ens${bus}`, pciAddress: `0000:0${bus}:00.0`, card: `card-${bus >> 1}` },
    ...{ numaNode: bus & 1, mtu: 9000, unsupported: [], blocked: [], vfs: VFS_EACH, freeVfs },
    allowed: allowedOf(filling, random),
    notFree: taken === 0 ? [] : [{ code: 'CLAIMED', vfs: taken }],
  };
}

/** As long as a UUID, and seeded as everything else. */
function idOf(random: () => number): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function allowedOf(filling: Filling, random: () => number): HostFacts['pfs'][number]['allowed'] {
  if (filling === 'motley') return { networkIds: NETWORKS.filter(() => random() < 0.6), labels: [] };
  return random() < 0.5 ? 'all' : { networkIds: NETWORKS.slice(0, 2), labels: [] };
}

/** The VM of a number, with eight vNICs; policies and NUMA nodes take turns. */
export function vmOf(number: number, filling: Filling): ResolvedVm {
  const policy = (['pack', 'spread', 'anti-affinity'] as const)[number % 3] ?? 'pack';
  const networks = filling === 'motley' ? NETWORKS : NETWORKS.slice(0, 2);
  return {
    ...{ id: `vm-${number}`, version: 1, name: `vm-${number}`, policy, domainXml: null, placementId: null },
    cluster: { id: CLUSTER, name: 'Default', compatibilityVersion: '4.7' },
    numaNode: ([null, 0, 1] as const)[Math.floor(number / 3) % 3] ?? null,
    vnics: Array.from({ length: VNICS }, (_, n) => vnicOf(n, networks[(number + n) % networks.length] ?? 'n0')),
  };
}

function vnicOf(number: number, network: string): ResolvedVnic {
  const profile = { id: network, version: 1, name: network, passThrough: 'enabled', migratable: true } as const;
  return {
    ...{ id: `nic-${number}`, name: `nic-${number}`, interface: 'pci_passthrough', needs: 'vf', linked: true },
    ...{ mac: '02:00:00:00:00:01', bootOrder: null, customMtu: null, macSpoofing: false, pinnedVf: null },
    ...{ guestPciAddress: null, failover: null },
    profile: { ...profile, portMirroring: false, networkFilter: null, qos: null, vf: NO_VF_PROPERTIES },
    network: { id: network, version: 1, name: network, vlanId: null, mtu: 1500, label: null, portIsolation: false },
  };
}
