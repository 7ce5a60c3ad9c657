import type { HostFacts, PfFacts } from '../core/host-facts.ts';

/** A ready PF in the PCI slot `bus`:00.0 that serves every network, with this many VFs, all free: `bus`:10.0 upwards. */
export function samplePf(bus: number, vfs: number, facts: Partial<PfFacts> = {}): PfFacts {
  const hex = bus.toString(16).padStart(2, '0');
  return {
    id: `pf-${hex}`,
    name: `ens${bus}`,
    pciAddress: `0000:${hex}:00.0`,
    card: hex,
    numaNode: 0,
    mtu: 9000,
    allowed: 'all',
    unsupported: [],
    blocked: [],
    vfs,
    freeVfs: vfAddresses(hex, vfs),
    notFree: [],
    ...facts,
  };
}

/** A host that is up, with no networks of its own. */
export function sampleHost(name: string, pfs: readonly PfFacts[], facts: Partial<HostFacts> = {}): HostFacts {
  const attached = { networkIds: [], labels: [] };
  return { id: `id-${name}`, name, clusterId: 'default', status: 'up', attached, pfs, ...facts };
}

/** Only these networks. */
export function only(...networkIds: string[]): PfFacts['allowed'] {
  return { networkIds, labels: [] };
}

function vfAddresses(bus: string, vfs: number): string[] {
  return Array.from({ length: vfs }, (_, index) => {
    const slot = (0x10 + (index >> 3)).toString(16);
    return `0000:${bus}:${slot}.${index & 7}`;
  });
}
