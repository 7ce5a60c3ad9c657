import type { Ledger } from '@vfleet/inventory/core/ledger';
import type { ModelHost } from './hosts.ts';

/** A domain that runs on a machine, and the VFs it holds: what is, whatever anybody believes. */
export type TrueDomain = { hostId: string; vmId: string | null; name: string; vfs: string[] };

/** What runs on all machines now. */
export function domainsOf(hosts: readonly Pick<ModelHost, 'id' | 'machine'>[]): TrueDomain[] {
  return hosts.flatMap(({ id, machine }) =>
    machine.domainsNow().map(({ vmId, name, interfaces }) => ({
      hostId: id,
      vmId,
      name,
      vfs: interfaces.flatMap(({ vf }) => (vf === null ? [] : [vf.pciAddress])),
    })),
  );
}

/**
 * What must never be so at any instant, in words; empty when all is well. A VF is held by one domain at most, a VM runs
 * once at most, a VF that a domain of ours holds is claimed for this VM, and no VF has two claims.
 */
export function violationsOf(domains: readonly TrueDomain[], ledgers: readonly Ledger[]): string[] {
  const claimsOf = new Map(ledgers.map(({ id, claims }) => [id, claims]));
  return [
    ...repeated(domains.flatMap(({ hostId, vfs }) => vfs.map((vf) => `${vf} of ${hostId}`))).map(
      (vf) => `${vf} is held by two domains`,
    ),
    ...repeated(domains.flatMap(({ vmId }) => (vmId === null ? [] : [vmId]))).map((vm) => `${vm} runs twice`),
    ...ledgers.flatMap(({ id, claims }) =>
      repeated(claims.map(({ pciAddress }) => `${pciAddress} of ${id}`)).map((vf) => `${vf} has two claims`),
    ),
    ...domains.flatMap(({ hostId, vmId, vfs }) =>
      vfs
        .filter((vf) => !claimsOf.get(hostId)?.some(({ pciAddress, vm }) => pciAddress === vf && vm.id === vmId))
        .map((vf) => `${vf} of ${hostId} is held by ${vmId} without a claim for it`),
    ),
  ];
}

function repeated(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}
