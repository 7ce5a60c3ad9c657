import type { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import type { Ledger, LedgerClaim, LedgerDifference, LedgerVf, LedgerVfsConfig } from './ledger.ts';
import { mtuDifferences } from './mtu-differences.ts';
import { type LedgerDomain, type VfEvidence, vfEvidence } from './vf-evidence.ts';

type Difference = Omit<LedgerDifference, 'since'>;

/** A VF that somebody has, with all that is known of it; `config` and `vf` are undefined when the host does not show it. */
type Held = VfEvidence & {
  ledger: Ledger;
  pciAddress: string;
  config: LedgerVfsConfig | undefined;
  vf: LedgerVf | undefined;
};

/** `text` says what each of ledger, host and hypervisor tells when they do not agree, and is undefined when they do. */
type Check = { code: string; text: (held: Held) => string | undefined; remedy: string };

/** The driver that hands a device to user space. */
const VFIO = 'vfio-pci';

const CHECKS: readonly Check[] = [
  {
    code: 'CLAIM_WITHOUT_DOMAIN',
    text: ({ ledger: { domains }, claim, domain, ...at }) =>
      claim?.state === 'attached' && domains && !domain && domains.takenAt > claim.since
        ? `The ledger holds ${named(at)} for ${usedBy(claim)}, attached since ${claim.since}, but at ${domains.takenAt} no domain of the hypervisor held it.`
        : undefined,
    remedy:
      'If the virtual machine has ended, the claim is released by itself. If it runs, unplug the vNIC and plug it again.',
  },
  {
    code: 'CLAIM_OF_OTHER_VM',
    text: ({ ledger: { domains }, claim, domain, ...at }) =>
      domains && claim && domain && domain.vmId !== claim.vm.id
        ? `The ledger holds ${named(at)} for ${usedBy(claim)}, but at ${domains.takenAt} ${inWords(domain)} held it.`
        : undefined,
    remedy: 'Stop both: the virtual function is cleaned and given out again only when no domain holds it.',
  },
  {
    code: 'DOMAIN_WITHOUT_CLAIM',
    text: ({ ledger: { domains }, claim, domain, ...at }) =>
      domains && domain && !claim
        ? `At ${domains.takenAt} ${inWords(domain)} held ${named(at)}, and the ledger has no claim of it.`
        : undefined,
    remedy:
      'The virtual function is not given out while the domain holds it. End the domain, or take the device off it, when that is not wanted.',
  },
  {
    code: 'CLAIMED_VF_MISSING',
    text: ({ ledger: { report }, claim, vf, pciAddress }) =>
      claim && report && !vf
        ? `The ledger holds ${pciAddress} for ${usedBy(claim)}, but at ${report.takenAt} the host showed no such virtual function.`
        : undefined,
    remedy:
      'Stop the virtual machine, or unplug the vNIC, so that it gets another one. Look why the host lost it: its physical function may have been changed by hand.',
  },
  {
    code: 'NOT_CLEANED',
    text: ({ claim, domain, uncleaned, ...at }) =>
      uncleaned && !claim && !domain
        ? `The host has prepared ${named(at)} with fence ${uncleaned.fence} and not cleaned it since, and the ledger has no claim of it.`
        : undefined,
    remedy: 'Its host is told to clean it by itself, and the virtual function is given out again when it is clean.',
  },
  {
    code: 'VFIO_WITHOUT_HOLDER',
    text: ({ claim, domain, uncleaned, vf, ...at }) =>
      vf?.driver === VFIO && !claim && !domain && !uncleaned
        ? `${named({ vf, ...at })} is bound to vfio-pci, though the ledger has no claim of it and no domain holds it.`
        : undefined,
    remedy: 'Bind its network driver once nobody needs it; it is free then.',
  },
];

/**
 * Where ledger, host and hypervisor do not agree, in the ledger, each since it was first seen. The same ledger when they
 * agree as before. In time linear in VFs and claims.
 */
export function withDifferences(ledger: Ledger, now: string): Ledger {
  const known = new Map(ledger.differences.map((difference) => [keyOf(difference), difference]));
  const differences = [...differencesOf(ledger), ...mtuDifferences(ledger)].map((difference) => ({
    ...difference,
    since: known.get(keyOf(difference))?.since ?? now,
  }));
  return JSON.stringify(differences) === JSON.stringify(ledger.differences) ? ledger : { ...ledger, differences };
}

/** What the host has prepared and not cleaned, though no claim answers for it and no domain holds it: safe to be cleaned. */
export function uncleanedFences(ledger: Pick<Ledger, 'claims' | 'domains'>): ClaimRef[] {
  const evidenceOf = vfEvidence(ledger);
  return (ledger.domains?.uncleaned ?? [])
    .filter(({ pciAddress }) => {
      const { claim, domain } = evidenceOf(pciAddress);
      return !claim && !domain;
    })
    .map(({ pciAddress, fence, claimId }) => ({ pciAddress, fence, claimId: claimId ?? `fence-${fence}` }));
}

function differencesOf(ledger: Ledger): Difference[] {
  const evidenceOf = vfEvidence(ledger);
  const shown = new Map(
    ledger.vfsConfigs.flatMap((config) => config.vfs.map((vf) => [vf.pciAddress, { config, vf }] as const)),
  );
  const held = [...shown.values()].filter(({ vf }) => vf.driver === VFIO);
  const addresses = new Set([
    ...held.map(({ vf }) => vf.pciAddress),
    ...ledger.claims.map(({ pciAddress }) => pciAddress),
    ...(ledger.domains?.domains ?? []).flatMap(({ vfs }) => vfs.map(({ pciAddress }) => pciAddress)),
    ...(ledger.domains?.uncleaned ?? []).map(({ pciAddress }) => pciAddress),
  ]);
  return [...addresses].sort().flatMap((pciAddress) => {
    const { config, vf } = shown.get(pciAddress) ?? {};
    return broken({ ...evidenceOf(pciAddress), ledger, pciAddress, config, vf });
  });
}

function broken(held: Held): Difference[] {
  return CHECKS.flatMap(({ code, text, remedy }) => {
    const told = text(held);
    return told === undefined ? [] : [{ code, pciAddress: held.pciAddress, text: told, remedy }];
  });
}

function keyOf({ code, pciAddress }: Pick<LedgerDifference, 'code' | 'pciAddress'>): string {
  return `${code} ${pciAddress}`;
}

function named({ pciAddress, config, vf }: Pick<Held, 'pciAddress' | 'config' | 'vf'>): string {
  return vf && config ? `${vf.nic?.name ?? pciAddress} of ${config.nicName}` : pciAddress;
}

function usedBy({ vm, vnic, fence }: LedgerClaim): string {
  return `virtual machine ${vm.name}, ${vnic.name}, with fence ${fence}`;
}

function inWords({ name, vmId }: LedgerDomain): string {
  return vmId === null ? `domain ${name}, which VFleet did not start,` : `domain ${name}`;
}
