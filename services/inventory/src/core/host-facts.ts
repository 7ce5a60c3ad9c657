import type { HostFacts } from '@vfleet/contracts/inventory-facts';
import type { VfReasonCode } from '@vfleet/contracts/vocabulary/vf-in-use';
import { hostStatus } from './host-status.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { pfBlocks, type VfUse, vfUses } from './vf-use.ts';

type PfFacts = HostFacts['pfs'][number];

/**
 * A host as a scheduler needs it, in time linear in its VFs. PFs that are missing are left out. Networks of a PF and
 * those on the host's own nics are told by ids and labels, as they are listed: who reads them knows the networks.
 */
export function hostFacts(ledger: Ledger, version: number): HostFacts {
  const useOf = vfUses(ledger);
  const mtus = new Map(ledger.nics.map(({ vfsConfigId, mtu }) => [vfsConfigId, mtu]));
  return {
    id: ledger.id,
    version,
    name: ledger.name,
    clusterId: ledger.clusterId,
    status: hostStatus(ledger).status,
    attached: {
      networkIds: [...new Set(ledger.nics.flatMap(({ networkIds }) => networkIds))],
      labels: [...new Set(ledger.nics.flatMap(({ labels }) => labels))],
    },
    pfs: ledger.vfsConfigs
      .filter(({ missingSince }) => missingSince === null)
      .map((config) => pfFacts(ledger, config, { mtu: mtus.get(config.id) ?? null, useOf })),
  };
}

function pfFacts(
  ledger: Ledger,
  config: LedgerVfsConfig,
  { mtu, useOf }: { mtu: number | null; useOf: VfUse },
): PfFacts {
  const { id, nicName, pciAddress, numaNode, allNetworksAllowed, networkIds, labels, unsupported, vfs } = config;
  return {
    ...{ id, name: nicName, pciAddress, numaNode, mtu },
    card: cardOf(pciAddress),
    allowed: allNetworksAllowed ? 'all' : { networkIds, labels },
    unsupported,
    blocked: pfBlocks(ledger, config),
    vfs: vfs.length,
    ...freedomOf(config, useOf),
  };
}

/** A VF with several reasons counts once under each. */
function freedomOf(config: LedgerVfsConfig, useOf: VfUse): Pick<PfFacts, 'freeVfs' | 'notFree'> {
  const freeVfs: string[] = [];
  const counts = new Map<VfReasonCode, number>();
  for (const vf of config.vfs) {
    const { free, reasons } = useOf(config, vf);
    if (free) freeVfs.push(vf.pciAddress);
    for (const code of new Set(reasons.map((reason) => reason.code))) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return { freeVfs, notFree: [...counts].map(([code, count]) => ({ code, vfs: count })) };
}

/** Ports of one card differ in their function alone. */
function cardOf(pciAddress: string): string {
  return pciAddress.slice(0, pciAddress.lastIndexOf('.'));
}
