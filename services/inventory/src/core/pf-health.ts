import { isOpen } from '@vfleet/contracts/desired-state';
import { type Diagnosis, NO_PCIE_ERRORS, type VfsConfigHealth } from '@vfleet/contracts/vocabulary/health';
import type { PcieErrors, PfHealth } from '@vfleet/contracts/vocabulary/host-report';
import type { Ledger, LedgerClaim, LedgerVfsConfig } from './ledger.ts';
import type { LedgerHealth } from './ledger-health.ts';
import { inNameOrder } from './name-order.ts';

/** A PF in its ledger: what its health is judged by. */
type Judged = { ledger: Pick<Ledger, 'claims' | 'requireCarrier'>; config: LedgerVfsConfig };

/**
 * Something that may be wrong with a PF: `text` says what, undefined when it is not so. `keepsOut`: no VF of the PF is
 * given out while it is. `hits` are the claims that it concerns.
 */
type Condition = {
  code: string;
  keepsOut: boolean;
  text: (judged: Judged) => string | undefined;
  remedy: string;
  hits: (judged: Judged) => LedgerClaim[];
};

/** The driver that hands a device to user space. */
const VFIO = 'vfio-pci';

/**
 * A fatal PCIe error leaves the link unreliable until it is reset, so one that nobody has acknowledged keeps the PF out.
 * A non-fatal one lost a transaction its driver recovers from, and a correctable one nothing: the first is told, the
 * second only counted.
 */
const CONDITIONS: readonly Condition[] = [
  {
    code: 'PF_MISSING',
    keepsOut: true,
    text: ({ config: { missingSince } }) =>
      missingSince === null
        ? undefined
        : `missing since ${missingSince}: the host shows no such device, or no sriov_totalvfs of it`,
    remedy:
      'Put the card back, or cure what keeps its SR-IOV from being shown (BIOS, card firmware, driver). When it is gone for good, remove its configuration with DELETE on the vfsConfig.',
    hits: claimsOnPf,
  },
  {
    code: 'PF_DRIVER_LOST',
    keepsOut: true,
    text: ({ config: { driver, missingSince } }) =>
      driver === null && missingSince === null ? 'it has no driver bound' : undefined,
    remedy: 'Look into the kernel log of the host for why its driver let go, cure that, and bind the driver again.',
    hits: claimsOnPf,
  },
  {
    code: 'PF_GIVEN_AWAY',
    keepsOut: true,
    text: ({ config: { driver } }) =>
      driver === VFIO ? 'it is itself bound to vfio-pci, as if it were given to a guest as a whole' : undefined,
    remedy: 'End what uses the physical function itself, and bind its network driver.',
    hits: claimsOnPf,
  },
  {
    code: 'PCIE_FATAL_ERRORS',
    keepsOut: true,
    text: ({ config: { health } }) => {
      const { fatal } = unacknowledged(health);
      return fatal === 0 ? undefined : `its PCIe link had ${fatal} fatal errors`;
    },
    remedy:
      'Reseat or replace the card, or look at its slot and firmware. After the repair acknowledge the errors, or reboot the host: counting begins anew then.',
    hits: claimsOnPf,
  },
  {
    code: 'NO_CARRIER',
    keepsOut: true,
    text: ({ ledger: { requireCarrier }, config: { health, missingSince } }) =>
      requireCarrier && health.carrier === false && missingSince === null ? 'it has no carrier' : undefined,
    remedy:
      'Look at cable, transceiver and switch port. To give out virtual functions without carrier, set `require_carrier` of the cluster to false.',
    hits: claimsOnPf,
  },
  {
    code: 'PCIE_NON_FATAL_ERRORS',
    keepsOut: false,
    text: ({ config: { health } }) => {
      const { nonFatal } = unacknowledged(health);
      return nonFatal === 0 ? undefined : `its PCIe link had ${nonFatal} errors that were not fatal`;
    },
    remedy:
      'When they go on, reseat or replace the card, or look at its slot and firmware. Acknowledge them when they are dealt with.',
    hits: claimsOnPf,
  },
  {
    code: 'VF_WITHOUT_DRIVER',
    keepsOut: false,
    text: ({ ledger, config }) => {
      const claimed = new Set(ledger.claims.map(({ pciAddress }) => pciAddress));
      const bare = config.vfs.filter(({ driver, pciAddress }) => driver === null && !claimed.has(pciAddress));
      const isExpected = config.expectNetdevs && !isOpen(config.desired) && !config.changingOnHost;
      return bare.length === 0 || !isExpected
        ? undefined
        : `the host has the driver of its virtual functions, yet none is bound to ${bare.map(({ pciAddress }) => pciAddress).join(', ')}`;
    },
    remedy:
      'Look into the kernel log of the host for why the driver let go of it, and bind it again; the others are not concerned.',
    hits: () => [],
  },
  {
    code: 'VF_GONE',
    keepsOut: false,
    text: (judged) => {
      const gone = claimsOfGoneVfs(judged);
      return gone.length === 0
        ? undefined
        : `virtual functions that virtual machines hold are gone: ${gone.map(({ pciAddress, vm, vnic }) => `${pciAddress} of ${vm.name}, ${vnic.name}`).join('; ')}`;
    },
    remedy:
      'Stop the virtual machines named here, or unplug the vNICs, so that they get others. Look why the host lost them: the physical function may have been changed by hand.',
    hits: claimsOfGoneVfs,
  },
];

/** How a PF is, everything that is wrong with it, and which VMs that concerns. */
export function pfHealth(
  ledger: Judged['ledger'],
  config: LedgerVfsConfig,
): Pick<VfsConfigHealth, 'state' | 'problems' | 'vms'> {
  const broken = brokenOf({ ledger, config });
  const state = broken.some(({ keepsOut }) => keepsOut) ? 'unhealthy' : broken.length > 0 ? 'degraded' : 'healthy';
  const hit = new Map(broken.flatMap(({ claims }) => claims.map(({ vm }) => [vm.id, vm] as const)));
  return { state, problems: broken.map(({ problem }) => problem), vms: inNameOrder([...hit.values()]) };
}

/** Why no VF of a PF is given out for its health's sake, in words; null when that is not so. */
export function whyUnhealthy(ledger: Judged['ledger'], config: LedgerVfsConfig): string | null {
  const texts = CONDITIONS.filter(({ keepsOut }) => keepsOut).flatMap(({ text }) => text({ ledger, config }) ?? []);
  return texts.length === 0 ? null : texts.join('; ');
}

/**
 * What a report says of health. A counter that has fallen was begun anew (a boot, another card): all it counts is new,
 * and nothing of it is acknowledged. Counters that are not told now are as they were told last: errors that nobody has
 * acknowledged do not end with the telling.
 */
export function takePfHealth(known: LedgerHealth, { carrier, pcieErrors }: PfHealth): LedgerHealth {
  if (pcieErrors === null) return { ...known, carrier };
  const beganAnew = hasFallen(known.pcieErrors ?? known.acknowledged, pcieErrors);
  return { carrier, pcieErrors, acknowledged: beganAnew ? NO_PCIE_ERRORS : known.acknowledged };
}

function brokenOf(judged: Judged): { keepsOut: boolean; problem: Diagnosis; claims: LedgerClaim[] }[] {
  return CONDITIONS.flatMap(({ code, keepsOut, text, remedy, hits }) => {
    const told = text(judged);
    return told === undefined ? [] : [{ keepsOut, problem: { code, text: told, remedy }, claims: hits(judged) }];
  });
}

/** A VM that has given its VF back is not hit by what becomes of it. */
function claimsOnPf({ ledger: { claims }, config: { id } }: Judged): LedgerClaim[] {
  return claims.filter(
    ({ vfsConfigId, state }) => vfsConfigId === id && (state === 'reserved' || state === 'attached'),
  );
}

/** A missing PF has taken all of its VFs along, which is told as such. */
function claimsOfGoneVfs(judged: Judged): LedgerClaim[] {
  const { vfs, missingSince } = judged.config;
  const shown = new Set(vfs.map(({ pciAddress }) => pciAddress));
  return missingSince === null ? claimsOnPf(judged).filter(({ pciAddress }) => !shown.has(pciAddress)) : [];
}

function unacknowledged({ pcieErrors, acknowledged }: LedgerHealth): Pick<PcieErrors, 'nonFatal' | 'fatal'> {
  const { nonFatal, fatal } = pcieErrors ?? acknowledged;
  return { nonFatal: nonFatal - acknowledged.nonFatal, fatal: fatal - acknowledged.fatal };
}

function hasFallen(before: PcieErrors, now: PcieErrors): boolean {
  return now.correctable < before.correctable || now.nonFatal < before.nonFatal || now.fatal < before.fatal;
}
