import type { NicReport, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import { hostUseReasons, type VfReason, type VfReasonCode, vfReason } from '@vfleet/contracts/vocabulary/vf-in-use';
import type { ParsedVf } from './parse-functions.ts';

/** What the host shows of a VF. `inUse` also forbids a change of the number of VFs; any reason keeps it from being free. */
export type HostVfReasons = { inUse: boolean; reasons: VfReason[] };

/**
 * What only the ledger knows of a VF: who claims it, what holds it without a claim, in words, and how its PF is. A stuck
 * PF is one whose change does not end; `drift` and `unhealthy` say in words what is wrong with the PF. On one that
 * drifted no VF is given out: setting its number right, as the restore of a boot does, would take it away.
 */
export type LedgerVfState = {
  claim: string | null;
  /** A domain of the hypervisor that holds it though nobody claims it. */
  domain: string | null;
  /** The fence it was prepared with and not cleaned since, though nobody claims it. */
  uncleaned: string | null;
  pf: { name: string; change: 'none' | 'open' | 'stuck'; drift: string | null; unhealthy: string | null };
};

/** A reason that concerns all VFs of a PF alike. */
export type PfReason = VfReason & { code: 'PF_STUCK' | 'PF_CHANGING' | 'PF_DRIFTED' | 'PF_UNHEALTHY' };

export type VfFreedom = { free: boolean; inUse: boolean; reasons: VfReason[] };

type HostFacts = { vf: ParsedVf; report: VfReport | undefined; nics: readonly NicReport[] };

/** A condition of docs/domain.md, Free VF: what breaks it, and what is named beside the reason's own words. */
type Condition<Facts> = {
  code: VfReasonCode;
  broken: (facts: Facts) => boolean;
  seen?: (facts: Facts) => string | undefined;
};

/** The conditions that make a VF not free though nobody uses it: they never stand in the way of a change. */
const HOST_CONDITIONS: readonly Condition<HostFacts>[] = [
  { code: 'NO_NETDEV', broken: ({ nics }) => nics.length === 0, seen: whyNoNetdev },
  {
    code: 'SHARED_IOMMU_GROUP',
    broken: ({ vf }) => vf.sharedIommuGroup,
    seen: ({ vf }) => `group ${vf.iommuGroup}`,
  },
  { code: 'NO_IOMMU_GROUP', broken: ({ vf }) => vf.iommuGroup === null },
  { code: 'NOT_ASSIGNABLE', broken: ({ vf }) => !vf.assignable },
  { code: 'REPORTED_NOT_FREE', broken: ({ vf }) => vf.reportedNotFree },
  { code: 'ORPHAN', broken: ({ vf }) => vf.orphan, seen: ({ vf }) => `physical function ${vf.pf}` },
];

/** Who has a VF, as ledger and hypervisor tell it. */
const HOLDERS: readonly Condition<LedgerVfState>[] = [
  { code: 'CLAIMED', broken: ({ claim }) => claim !== null, seen: ({ claim }) => claim ?? undefined },
  { code: 'HELD_BY_DOMAIN', broken: ({ domain }) => domain !== null, seen: ({ domain }) => domain ?? undefined },
  {
    code: 'NOT_CLEANED',
    broken: ({ uncleaned }) => uncleaned !== null,
    seen: ({ uncleaned }) => uncleaned ?? undefined,
  },
];

const PF_CONDITIONS: readonly (Condition<LedgerVfState['pf']> & { code: PfReason['code'] })[] = [
  { code: 'PF_STUCK', broken: ({ change }) => change === 'stuck', seen: ({ name }) => name },
  { code: 'PF_CHANGING', broken: ({ change }) => change === 'open', seen: ({ name }) => name },
  { code: 'PF_DRIFTED', broken: ({ drift }) => drift !== null, seen: ({ name, drift }) => `${name}: ${drift}` },
  {
    code: 'PF_UNHEALTHY',
    broken: ({ unhealthy }) => unhealthy !== null,
    seen: ({ name, unhealthy }) => `${name}: ${unhealthy}`,
  },
];

/**
 * Every reason that the host itself shows why a VF is not free: conditions 2 to 8 of docs/domain.md, those of use first.
 * `report` is what the agent saw of the VF, undefined when the VF is listed but was not looked at, which counts as
 * in use; `nics` are the reported netdevs on its PCI device.
 *
 * Condition 2 is taken by the letter. A VF on vfio-pci that nobody has open has no netdev and is not free, though
 * nothing uses it: whoever bound it there (an administrator for DPDK, a clean-up that did not finish) did not give it
 * back, and nothing about it was cleaned. It is not in use either, so its PF can still be changed.
 */
export function hostVfReasons(vf: ParsedVf, report: VfReport | undefined, nics: readonly NicReport[]): HostVfReasons {
  const use = report ? hostUseReasons(report, nics) : [vfReason('NOT_LOOKED_AT')];
  return { inUse: use.length > 0, reasons: [...use, ...brokenOf(HOST_CONDITIONS, { vf, report, nics })] };
}

/**
 * Whether a VF is free and whether it is in use, with every reason: what the host shows, and conditions 1 (no claim, no
 * domain, cleaned) and 9 (the PF is settled and healthy), which are the ledger's to know. A VF that is not cleaned is in
 * use: its agent refuses to change the number of VFs then.
 */
export function vfFreedom(host: HostVfReasons, state: LedgerVfState): VfFreedom {
  const held = brokenOf(HOLDERS, state);
  const reasons = [...held, ...host.reasons, ...pfReasons(state.pf)];
  return { free: reasons.length === 0, inUse: host.inUse || held.length > 0, reasons };
}

/** Why no VF of a PF can be taken: its change is open or does not end, or something is wrong with it. */
export function pfReasons(pf: LedgerVfState['pf']): PfReason[] {
  return brokenOf(PF_CONDITIONS, pf);
}

function brokenOf<Facts, Code extends VfReasonCode>(
  conditions: readonly (Condition<Facts> & { code: Code })[],
  facts: Facts,
): (VfReason & { code: Code })[] {
  return conditions
    .filter(({ broken }) => broken(facts))
    .map(({ code, seen }) => ({ ...vfReason(code, seen?.(facts)), code }));
}

function whyNoNetdev({ vf, report }: HostFacts): string | undefined {
  if (report?.netns === 'moved') return 'it is in another network namespace';
  const driver = report ? report.driver : vf.driver;
  if (driver === null) return 'no driver is bound; bind its network driver';
  if (driver === 'vfio-pci') return 'bound to vfio-pci; bind its network driver once nobody needs it';
  return `driver ${driver} made none`;
}
