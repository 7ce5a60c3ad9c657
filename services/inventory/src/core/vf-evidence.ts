import type { Ledger, LedgerClaim } from './ledger.ts';

type Domains = NonNullable<Ledger['domains']>;
export type LedgerDomain = Domains['domains'][number];
export type UncleanedFence = Domains['uncleaned'][number];

/**
 * What is known of who has a VF: the claim in the ledger, the domain that holds it as the hypervisor shows it, and the
 * fence with which the host's agent prepared it and did not clean it since.
 */
export type VfEvidence = {
  claim: LedgerClaim | undefined;
  domain: LedgerDomain | undefined;
  uncleaned: UncleanedFence | undefined;
};

/** Looks up evidence by PCI address; all of a ledger's is gone through once, here. */
export function vfEvidence({ claims, domains }: Pick<Ledger, 'claims' | 'domains'>): (address: string) => VfEvidence {
  const claimOf = new Map(claims.map((claim) => [claim.pciAddress, claim]));
  const domainOf = new Map(
    domains?.domains.flatMap((domain) => domain.vfs.map(({ pciAddress }) => [pciAddress, domain] as const)),
  );
  const uncleanedOf = new Map(domains?.uncleaned.map((fence) => [fence.pciAddress, fence]));
  return (address) => ({
    claim: claimOf.get(address),
    domain: domainOf.get(address),
    uncleaned: uncleanedOf.get(address),
  });
}
