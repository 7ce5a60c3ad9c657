import type { HostFacts } from '@vfleet/contracts/inventory-facts';
import type { ResolvedVm, ResolvedVnic } from '@vfleet/contracts/policy/runs';

type Greedy = { host: HostFacts; vfs: string[] };

/**
 * What one would write first, over the documents of hosts: the first host, by name, on which each vNIC in turn finds a
 * free VF of a PF that may serve it. Neither policy nor NUMA node is looked at, and a host that fits may be missed.
 */
export function greedyFirstFit(hosts: readonly HostFacts[], vm: ResolvedVm): Greedy | undefined {
  for (const host of hosts) {
    const vfs = greedyOn(host, vm);
    if (vfs) return { host, vfs };
  }
  return undefined;
}

/** The same that keeps to the policy as well as that goes: all hosts are looked at, for the fewest or most free VFs. */
export function greedyByPolicy(hosts: readonly HostFacts[], vm: ResolvedVm): Greedy | undefined {
  let best: (Greedy & { free: number }) | undefined;
  for (const host of hosts) {
    const vfs = greedyOn(host, vm);
    if (!vfs) continue;
    const free = host.pfs.reduce((sum, pf) => sum + pf.freeVfs.length, 0);
    if (!best || (vm.policy === 'pack' ? free < best.free : free > best.free)) best = { host, vfs, free };
  }
  return best;
}

function greedyOn({ status, clusterId, pfs }: HostFacts, vm: ResolvedVm): string[] | undefined {
  if (status !== 'up' || clusterId !== vm.cluster.id) return undefined;
  const taken: string[] = [];
  for (const vnic of vm.vnics) {
    const vf = pfs
      .filter((pf) => serves(pf, vnic))
      .flatMap(({ freeVfs }) => freeVfs)
      .find((address) => !taken.includes(address));
    if (vf === undefined) return undefined;
    taken.push(vf);
  }
  return taken;
}

function serves({ allowed, mtu, blocked }: HostFacts['pfs'][number], { network }: ResolvedVnic): boolean {
  if (!network || blocked.length > 0 || (mtu ?? 0) < network.mtu) return false;
  if (allowed === 'all' || allowed.networkIds.includes(network.id)) return true;
  return network.label !== null && allowed.labels.includes(network.label);
}
