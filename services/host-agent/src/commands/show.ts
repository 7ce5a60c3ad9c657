import type { PfReport } from '@vfleet/contracts/vocabulary/host-report';
import { pfReport } from '../core/pf-report.ts';
import { type VfInUse, vfsInUse } from '../core/vfs-in-use.ts';
import { fencesOfBoot } from '../fences-of-boot.ts';
import type { Host, PfState } from '../host.ts';
import { keptPf, keptPfs } from '../kept-pfs.ts';
import type { StateFiles } from '../state-files.ts';

/** A PF as this host shows it and as its agent keeps it; what only a host can show is null while the PF is not there. */
export type ShownPf = PfReport & {
  nic: string | null;
  totalVfs: number | null;
  existing: number | null;
  vfsInUse: VfInUse[];
};

/** Every PF that is there or that something is kept of, by address. Changes nothing and needs no broker. */
export async function shownPfs({ host, files }: { host: Host; files: StateFiles }): Promise<ShownPf[]> {
  const { pfs, nics } = await host.scan();
  const present = new Map(pfs.map((pf) => [pf.pciAddress, pf]));
  const addresses = new Set([...present.keys(), ...(await keptPfs(files))]);
  return Promise.all([...addresses].toSorted().map((address) => shownPf(address, present.get(address) ?? null)));

  async function shownPf(address: string, pf: PfState | null): Promise<ShownPf> {
    const journal = await files.journal(address).catch(() => null);
    const kept = await keptPf(files, address, {
      settlement: null,
      changing: journal ? { generation: journal.generation, from: journal.from, to: journal.to } : null,
      stuck: journal?.stuck ?? null,
    });
    return {
      ...pfReport(pf, kept, { isScanned: true }),
      nic: pf?.nic ?? null,
      totalVfs: pf?.totalVfs ?? null,
      existing: pf?.existing ?? null,
      vfsInUse: pf ? vfsInUse(pf.vfs, nics, await fencesOfBoot({ host, files }, pf.vfs)) : [],
    };
  }
}

/** PFs for people: a line each, below it what uses its VFs and what is wrong. */
export function pfsInWords(pfs: readonly ShownPf[]): string {
  if (pfs.length === 0)
    return 'This host shows no network device with SR-IOV. Check the BIOS, the card and its driver.';
  const lines = pfs.map(({ pciAddress, nic, driver, firmware, totalVfs, existing, persisted, persistedMtu }) => [
    pciAddress,
    nic ?? '-',
    [driver, firmware].filter((part) => part !== null).join(' ') || 'no driver',
    existing === null ? 'not there' : `${existing} of ${totalVfs} VFs`,
    persisted === null
      ? 'unmanaged'
      : `${persisted} restored at boot${persistedMtu === null ? '' : `, MTU ${persistedMtu}`}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return pfs
    .flatMap((pf, at) => [
      (lines[at] ?? []).map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '),
      ...detailsOf(pf).map((detail) => `    ${detail}`),
    ])
    .join('\n');
}

function detailsOf({ vfsInUse, changing, stuck, settlement, warning }: ShownPf): string[] {
  const outcome = settlement?.outcome;
  return [
    ...vfsInUse.map((vf) => `${vf.pciAddress} ${vf.reasons.map(({ text }) => text).join(', ')}`),
    ...(changing ? [`is being changed from ${changing.from} to ${changing.to}`] : []),
    ...(stuck ? [`is stuck since ${stuck.since}: ${stuck.holder}`] : []),
    ...(outcome && outcome.result !== 'applied'
      ? [`last change: ${outcome.failure.cause}. ${outcome.failure.remedy}`]
      : []),
    ...(warning ? [warning] : []),
  ];
}
