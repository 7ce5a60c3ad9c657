import type { VfReasonCode } from '@vfleet/contracts/vocabulary/vf-in-use';
import type { Ledger, LedgerClaim, LedgerVf } from './ledger.ts';

/** What a report shows of a VF because a domain has it. The agent's proof that the VF is clean comes after all of it. */
const OF_A_DOMAIN: ReadonlySet<string> = new Set<VfReasonCode>(['VFIO_OPEN', 'VFIO_UNREADABLE', 'NO_NETDEV']);

/** What uses a VF and is no domain. */
const OTHER_USES: ReadonlySet<string> = new Set<VfReasonCode>([
  'NETNS_MOVED',
  'MACVTAP',
  'BRIDGE',
  'VLAN',
  'BOND_SLAVE',
  'HAS_ADDRESS',
  'NOT_LOOKED_AT',
]);

/**
 * The ledger without what older reports showed of the use of VFs whose claims were proven clean: that a domain has them
 * open, or holds them for the VM of the claim. Else a VF stays in use, and its PF cannot be changed, until the next
 * report, though the VM's stop was answered. What else uses a VF stands.
 */
export function withoutPastUse(ledger: Ledger, gone: readonly LedgerClaim[]): Ledger {
  if (gone.length === 0) return ledger;
  const vmOf = new Map(gone.map(({ pciAddress, vm }) => [pciAddress as string, vm.id]));
  const { domains } = ledger;
  return {
    ...ledger,
    vfsConfigs: ledger.vfsConfigs.map((config) =>
      config.vfs.some(({ pciAddress }) => vmOf.has(pciAddress))
        ? { ...config, vfs: config.vfs.map((vf) => (vmOf.has(vf.pciAddress) ? withoutDomain(vf) : vf)) }
        : config,
    ),
    domains: domains && {
      ...domains,
      domains: domains.domains.map((domain) => ({
        ...domain,
        vfs: domain.vfs.filter(({ pciAddress }) => vmOf.get(pciAddress) !== domain.vmId || domain.vmId === null),
      })),
    },
  };
}

function withoutDomain(vf: LedgerVf): LedgerVf {
  const reasons = vf.reasons.filter(({ code }) => !OF_A_DOMAIN.has(code));
  const isUsedElse = vf.inUse && reasons.some(({ code }) => OTHER_USES.has(code));
  return { ...vf, reasons, inUse: isUsedElse };
}
