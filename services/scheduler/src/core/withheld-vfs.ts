import { freeRanks, type HostCapacity, type PfCapacity } from './host-capacity.ts';
import { domainStartOf } from './pci-rank.ts';
import type { FreeVf } from './placing-on-host.ts';

/** A host as it is without some of its free VFs, and which these are. */
export type Withheld = { host: HostCapacity; vfs: FreeVf[] };

/** The host without those of these VFs (PCI ranks) that are free; they are told as claimed. */
export function withoutVfs(host: HostCapacity, ranks: ReadonlySet<number>): Withheld {
  const vfs: FreeVf[] = [];
  const left = host.pfs.map((_, pf) =>
    freeRanks(host, pf).filter((rank) => {
      if (ranks.has(rank)) vfs.push({ rank, pf });
      return !ranks.has(rank);
    }),
  );
  return vfs.length === 0 ? { host, vfs } : { host: withFree(host, left), vfs };
}

/** The host with VFs free again that `withoutVfs` has taken out. */
export function withVfs(host: HostCapacity, vfs: readonly FreeVf[]): HostCapacity {
  const ranks = host.pfs.map((_, pf) => freeRanks(host, pf));
  for (const { rank, pf } of vfs) ranks[pf]?.push(rank);
  return withFree(
    host,
    ranks.map((ofPf) => ofPf.sort((one, other) => one - other)),
  );
}

function withFree(host: HostCapacity, ranks: readonly number[][]): HostCapacity {
  const pfs = host.pfs.map((pf, index) => withFreeVfs(pf, ranks[index]?.length ?? 0));
  return { ...host, pfs, free: Uint16Array.from(ranks.flat(), (rank) => rank - domainStartOf(rank)) };
}

function withFreeVfs(pf: PfCapacity, free: number): PfCapacity {
  if (free === pf.free) return pf;
  const claimed = (pf.notFree.find(({ code }) => code === 'CLAIMED')?.vfs ?? 0) + pf.free - free;
  const others = pf.notFree.filter(({ code }) => code !== 'CLAIMED');
  return { ...pf, free, notFree: claimed > 0 ? [{ code: 'CLAIMED', vfs: claimed }, ...others] : others };
}
