import type { HostDevListByCaps } from '@vfleet/contracts/vocabulary/host-device';
import type { NicReport, PcieErrors, PfReport, Platform, VfReport } from '@vfleet/contracts/vocabulary/host-report';

/** All of a report but origin and time. */
export type ReportBody = {
  agentVersion: string;
  iommu: boolean | null;
  platform: Platform | null;
  devices: HostDevListByCaps | null;
  scanError: string | null;
  nics: NicReport[];
  vfs: VfReport[];
  pfs: PfReport[];
};

/**
 * One text for one state of a host, whatever order its parts were found in: what a digest is taken of. Lists are
 * ordered by what names their entries, records by key; equal texts mean equal states. PCIe errors that are not fatal
 * count by their magnitude: a link may correct one every second for years, and is told with the first and when they
 * have doubled, not with every scan.
 */
export function digestInput(body: ReportBody): string {
  return JSON.stringify(
    canonical({
      ...body,
      nics: body.nics
        .map((nic) => ({
          ...nic,
          addresses: nic.addresses.toSorted(),
          uppers: orderedBy(nic.uppers, ({ name }) => name),
        }))
        .toSorted(by(({ name }) => name)),
      vfs: orderedBy(body.vfs, ({ pciAddress }) => pciAddress),
      pfs: orderedBy(body.pfs, ({ pciAddress }) => pciAddress).map((pf) => ({
        ...pf,
        health: { ...pf.health, pcieErrors: pf.health.pcieErrors && magnitudes(pf.health.pcieErrors) },
      })),
    }),
  );
}

/** The first error, and every doubling: at most 54 states of a counter. */
function magnitudes({ correctable, nonFatal, fatal }: PcieErrors) {
  const magnitude = (count: number) => (count === 0 ? 0 : 1 + Math.floor(Math.log2(count)));
  return { correctable: magnitude(correctable), nonFatal: magnitude(nonFatal), fatal };
}

function orderedBy<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  return items.toSorted(by(key));
}

function by<Item>(key: (item: Item) => string): (a: Item, b: Item) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, canonical(entry)] as const);
  return Object.fromEntries(entries.toSorted(by(([key]) => key)));
}
