import type { HostDevListByCaps } from '@vfleet/contracts/vocabulary/host-device';
import type { NicReport, PfReport, Platform, VfReport } from '@vfleet/contracts/vocabulary/host-report';

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
 * ordered by what names their entries, records by key; equal texts mean equal states.
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
      pfs: orderedBy(body.pfs, ({ pciAddress }) => pciAddress),
    }),
  );
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
