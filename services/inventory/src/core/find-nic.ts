import type { Refusal } from '@vfleet/contracts/refusals';
import { refusal } from '@vfleet/contracts/refusals';
import { deviceNameOf } from '@vfleet/contracts/vocabulary/pci';
import type { Ledger, LedgerNic, LedgerVf, LedgerVfsConfig } from './ledger.ts';

/** What a reference in a URL points at: a nic of its own, or a VF of one of the PFs. */
export type FoundNic =
  | { kind: 'nic'; nic: LedgerNic; config: LedgerVfsConfig | undefined }
  | { kind: 'vf'; vf: LedgerVf; config: LedgerVfsConfig };

/** Finds a nic by id or name; an id wins over a name. */
export function findNic(ledger: Ledger, ref: string): FoundNic | undefined {
  return find(ledger, (id) => id === ref) ?? find(ledger, (_, name) => name === ref);
}

export type FoundVfsConfig = { ok: true; nic: LedgerNic; config: LedgerVfsConfig } | { ok: false; refusals: Refusal[] };

/**
 * Finds the VfsConfig that a nic and a config reference name, or tells why there is none.
 * `vfsConfig` is the config's id or the word `vfsConfig`.
 */
export function findVfsConfig(ledger: Ledger, ref: { nic: string; vfsConfig: string }): FoundVfsConfig {
  const found = findNic(ledger, ref.nic);
  if (!found) return refused(noSuchNic(ledger, ref.nic));
  if (found.kind === 'vf')
    return refused(notSriov(nameOf(found), `it is itself a virtual function of ${found.config.nicName}`));
  const { nic, config } = found;
  if (!config) return refused(notSriov(nic.name, whyNotSriov(nic)));
  if (ref.vfsConfig !== 'vfsConfig' && ref.vfsConfig !== config.id) {
    return refused(
      refusal('VFS_CONFIG_NOT_EXIST', `${nic.name} of host ${ledger.name} has no VfsConfig ${ref.vfsConfig}.`),
    );
  }
  return { ok: true, nic, config };
}

export function noSuchNic(ledger: Ledger, ref: string): Refusal {
  return refusal('HOST_NETWORK_INTERFACE_NOT_EXIST', `Host ${ledger.name} has no network interface ${ref}.`);
}

/** The name of a nic as people see it; a VF without a netdev goes by its device name. */
export function nameOf(found: FoundNic): string {
  return found.kind === 'nic' ? found.nic.name : (found.vf.nic?.name ?? found.vf.deviceName);
}

function find(ledger: Ledger, matches: (id: string, name: string) => boolean): FoundNic | undefined {
  const nic = ledger.nics.find(({ id, name }) => matches(id, name));
  if (nic) return { kind: 'nic', nic, config: ledger.vfsConfigs.find(({ id }) => id === nic.vfsConfigId) };
  for (const config of ledger.vfsConfigs) {
    const vf = config.vfs.find(({ deviceName, nic: netdev }) => matches(deviceName, netdev?.name ?? deviceName));
    if (vf) return { kind: 'vf', vf, config };
  }
  return undefined;
}

function whyNotSriov(nic: LedgerNic): string {
  if (nic.kind === 'bond') return 'it is a bond; configure the physical functions that are its slaves';
  if (nic.pciAddress === null) return `it is a ${nic.kind} device without a card of its own`;
  if (nic.driver === null) return `${deviceNameOf(nic.pciAddress)} has no driver bound`;
  return `its card reports no sriov_totalvfs under driver ${nic.driver}`;
}

function notSriov(nic: string, why: string): Refusal {
  return refusal('ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED', `${nic} cannot have virtual functions: ${why}.`);
}

function refused(broken: Refusal): { ok: false; refusals: Refusal[] } {
  return { ok: false, refusals: [broken] };
}
