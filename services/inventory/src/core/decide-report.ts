import type { HostDevicesReported } from '@vfleet/contracts/host-agent';
import { NO_PCIE_ERRORS } from '@vfleet/contracts/vocabulary/health';
import type { NicReport, PfReport, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import { deviceNameOf, type PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { z } from 'zod';
import { withDifferences } from './differences.ts';
import { withDrift } from './drift.ts';
import { withHealth } from './health-shift.ts';
import type { Ledger, LedgerNic, LedgerVf, LedgerVfsConfig } from './ledger.ts';
import { newVfsConfig } from './new-vfs-config.ts';
import { type ParsedDevices, parseDevices } from './parse-devices.ts';
import type { DeviceError } from './parse-errors.ts';
import type { ParsedPf, ParsedVf } from './parse-functions.ts';
import { type CardFacts, netdevOf, reportNics } from './report-nics.ts';
import { takePfReport } from './take-settlements.ts';
import { hostVfReasons } from './vf-freedom.ts';

/** Its counters begin anew when a device is found again. */
const NOT_HEARD = { carrier: null, pcieErrors: null, acknowledged: NO_PCIE_ERRORS };

export type HostReport = z.infer<typeof HostDevicesReported.payload>;
type Origin = Pick<HostReport, 'boot' | 'sequence'>;

/** A report whose listing was parsed, or the errors that keep it from being taken over, and the one the ledger shows. */
export type ReadReport = {
  report: HostReport;
  devices: ParsedDevices | null;
  error: DeviceError | null;
  errors: readonly DeviceError[];
};

/** Parses the listing of a report. A scan that failed and a malformed listing both leave the last good inventory. */
export function readReport(report: HostReport): ReadReport {
  if (report.devices === null) {
    const error = { device: null, field: null, detail: report.scanError ?? 'the host could not be scanned' };
    return { report, devices: null, error, errors: [error] };
  }
  const parsed = parseDevices(report.devices);
  return parsed.ok
    ? { report, devices: parsed.inventory, error: null, errors: [] }
    : { report, devices: null, error: summaryOf(parsed.errors), errors: parsed.errors };
}

/** Whether a report is newer than what is known: reports arrive twice and in any order. */
export function isNewer(report: Origin, known: Origin | null): boolean {
  return known === null || report.boot > known.boot || (report.boot === known.boot && report.sequence > known.sequence);
}

/** Whether a heartbeat tells of a state that the ledger has not taken in: a restarted agent, or another digest. */
export function isBehind(known: Ledger['report'], { boot, digest }: { boot: number; digest: string }): boolean {
  return known === null || known.boot !== boot || known.digest !== digest;
}

/**
 * Takes a report into the ledger; undefined when it is not newer than the last one. Settlements count even when the
 * listing cannot be taken over. A listing that can replaces nics and VFs; a PF that is gone keeps its VfsConfig,
 * missing since now.
 */
export function decideReport(
  hostId: string,
  ledger: Ledger,
  { report, devices, error }: ReadReport,
  now: string,
): Ledger | undefined {
  if (!isNewer(report, ledger.report)) return undefined;
  const { boot, sequence, digest, takenAt, iommu, agentVersion } = report;
  const inventory = devices === null ? ledger : withDevices(hostId, ledger, { report, devices, now });
  const pfs = new Map(report.pfs.map((pf) => [pf.pciAddress, pf]));
  const taken: Ledger = {
    ...inventory,
    connection: { ...inventory.connection, agentVersion },
    report: {
      boot,
      sequence,
      digest,
      takenAt,
      iommu,
      listingDigest: devices ? digest : (ledger.report?.listingDigest ?? null),
    },
    ...platformOf(ledger, report, now),
    reportError: error,
    vfsConfigs: inventory.vfsConfigs.map((config) => {
      const told = takeIfReported(config, pfs.get(config.pciAddress), now);
      return devices === null ? told : withDrift(told, now);
    }),
  };
  return withDifferences(withHealth(taken, now), now);
}

/** What the machine offers, kept from the last scan that did not fail. */
function platformOf(
  { platform: known, noHypervisorSince }: Ledger,
  report: HostReport,
  now: string,
): Pick<Ledger, 'platform' | 'noHypervisorSince'> {
  const platform = report.devices === null ? known : report.platform;
  const hasNoHypervisor = platform !== null && platform.hypervisor === null;
  return { platform, noHypervisorSince: hasNoHypervisor ? (noHypervisorSince ?? now) : null };
}

/** Names of the PFs whose VfsConfig differs between two ledgers: what a fact tells its followers to look at. */
export function changedNics(before: Ledger, after: Ledger): string[] {
  const known = new Map(before.vfsConfigs.map((config) => [config.id, JSON.stringify(config)]));
  return after.vfsConfigs
    .filter((config) => known.get(config.id) !== JSON.stringify(config))
    .map(({ nicName }) => nicName);
}

/** A ledger has room for one error: the first, and how many more there are. */
function summaryOf([first, ...more]: readonly DeviceError[]): DeviceError | null {
  if (!first || more.length === 0) return first ?? null;
  return { ...first, detail: `${first.detail} (and ${more.length} more errors; the log has them all)` };
}

function takeIfReported(config: LedgerVfsConfig, pf: PfReport | undefined, now: string): LedgerVfsConfig {
  return pf ? takePfReport(config, pf, now) : { ...config, stuck: null, changingOnHost: false };
}

function withDevices(
  hostId: string,
  ledger: Ledger,
  { report, devices, now }: { report: HostReport; devices: ParsedDevices; now: string },
): Ledger {
  const netdevs = groupByCard(report.nics);
  const vfReports = new Map(report.vfs.map((vf) => [vf.pciAddress, vf]));
  const reports = new Map(report.pfs.map((pf) => [pf.pciAddress, pf]));
  const known = new Map(ledger.vfsConfigs.map((config) => [config.pciAddress, config]));
  const representors = new Set(report.nics.filter(({ representorOf }) => representorOf).map(({ name }) => name));
  let counter = ledger.vfsConfigCounter;

  const present = devices.pfs
    .filter((pf) => pf.nic !== null || known.has(pf.pciAddress))
    .map((pf): LedgerVfsConfig => {
      const earlier = known.get(pf.pciAddress) ?? newVfsConfig(`${hostId}-${++counter}`, pf.pciAddress);
      const identity = reports.get(pf.pciAddress)?.identity ?? earlier.identity;
      return { ...earlier, ...pfState(pf, earlier, representors), identity, vfs: ledgerVfs(pf, vfReports, netdevs) };
    });
  const addresses = new Set(devices.pfs.map(({ pciAddress }) => pciAddress));
  const missing = ledger.vfsConfigs
    .filter(({ pciAddress }) => !addresses.has(pciAddress))
    .map(
      (config): LedgerVfsConfig => ({
        ...config,
        vfs: [],
        health: NOT_HEARD,
        missingSince: config.missingSince ?? now,
      }),
    );

  const vfsConfigs = [...present, ...missing].sort((a, b) => (a.pciAddress < b.pciAddress ? -1 : 1));
  return {
    ...ledger,
    vfsConfigs,
    vfsConfigCounter: counter,
    nics: nicsWith(ledger, report, devices, vfsConfigs),
    orphans: devices.orphans,
  };
}

/**
 * Nics as reported. A PF without a netdev now, or missing, stays in the list under its last name, and so does a nic that
 * carries networks: a bond that is made anew has them still.
 */
function nicsWith(
  ledger: Ledger,
  report: HostReport,
  devices: ParsedDevices,
  configs: readonly LedgerVfsConfig[],
): Ledger['nics'] {
  const vfAddresses = new Set(devices.vfs.map(({ pciAddress }) => pciAddress));
  const nics = reportNics({ nics: report.nics, vfAddresses, cards: cardsOf(devices), known: ledger.nics });
  const reported = new Set(nics.map(({ id }) => id));
  const configIds = new Map(configs.map(({ id, pciAddress }) => [deviceNameOf(pciAddress), id]));
  const silent = ledger.nics
    .filter((nic) => (configIds.has(nic.id) || carriesNetworks(nic)) && !reported.has(nic.id))
    .map((nic) => ({ ...nic, carrier: null }));
  return [...nics, ...silent].map((nic) => ({ ...nic, vfsConfigId: configIds.get(nic.id) ?? null }));
}

function carriesNetworks({ networkIds, labels }: LedgerNic): boolean {
  return networkIds.length + labels.length > 0;
}

/** In switchdev mode the representors of its VFs hang on the PF too; none of them is its own netdev. */
function pfState(pf: ParsedPf, earlier: LedgerVfsConfig, representors: ReadonlySet<string>) {
  const { totalVfs, driver, numaNode } = pf;
  const nic = [pf.nic, ...pf.otherNics].find((each) => each && !representors.has(each.name));
  return { maximum: totalVfs, driver, numaNode, nicName: nic?.name ?? earlier.nicName, missingSince: null };
}

function ledgerVfs(
  pf: ParsedPf,
  reports: ReadonlyMap<PciAddress, VfReport>,
  netdevs: ReadonlyMap<PciAddress, NicReport[]>,
): LedgerVf[] {
  return pf.vfs
    .map((vf, position) => ledgerVf(vf, position, reports.get(vf.pciAddress), netdevs.get(vf.pciAddress) ?? []))
    .sort((a, b) => a.index - b.index);
}

function ledgerVf(vf: ParsedVf, position: number, report: VfReport | undefined, nics: readonly NicReport[]): LedgerVf {
  const { pciAddress, deviceName, driver, iommuGroup } = vf;
  const [nic] = nics;
  const { inUse, reasons } = hostVfReasons(vf, report, nics);
  return {
    ...{ pciAddress, deviceName, driver, iommuGroup, inUse, reasons },
    index: report?.index ?? position,
    nic: nic ? { ...netdevOf(nic), ...vfNicState(nic) } : null,
  };
}

function vfNicState({ name, mac, mtu, speed, carrier }: NicReport) {
  return { name, mac, mtu, speed, carrier };
}

function cardsOf(devices: ParsedDevices): CardFacts {
  return new Map(
    devices.devices.flatMap(({ pciAddress, driver, numaNode }) =>
      pciAddress === null ? [] : [[pciAddress, { driver, numaNode }]],
    ),
  );
}

function groupByCard(nics: readonly NicReport[]): Map<PciAddress, NicReport[]> {
  const byCard = new Map<PciAddress, NicReport[]>();
  for (const nic of nics) {
    if (nic.pciAddress === null) continue;
    const group = byCard.get(nic.pciAddress);
    if (group) group.push(nic);
    else byCard.set(nic.pciAddress, [nic]);
  }
  return byCard;
}
