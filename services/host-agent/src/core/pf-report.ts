import type { PfHealth, PfIdentity, PfReport, Settlement, StuckChange } from '@vfleet/contracts/vocabulary/host-report';
import { describeCard, isSameCard } from './same-card.ts';
import { supportOf, type Unsupported } from './unsupported-properties.ts';

/** What a report takes of a PF the host shows. */
export type ShownPf = {
  pciAddress: string;
  driver: string | null;
  firmware: string | null;
  identity: PfIdentity;
  health: PfHealth;
  autoprobe: boolean;
  vfDriverAvailable: boolean;
  existing: number;
};

/** What the agent keeps of a PF. `problem`: why some of it could not be read, in words with the remedy. */
export type KeptPf = {
  pciAddress: string;
  persisted: number | null;
  persistedMtu: number | null;
  identity: PfIdentity | null;
  settlement: Settlement | null;
  changing: PfReport['changing'];
  stuck: StuckChange | null;
  unsupported: Unsupported | null;
  problem: string | null;
};

/**
 * Joins what a host shows of a PF with what its agent keeps. A PF that is only kept is reported too, so that the
 * settlement of one that vanished in the middle of a change reaches the ledger. While the host cannot be scanned
 * (`isScanned` false) `shown` is what was last seen, and no warning is drawn from it.
 */
export function pfReport(shown: ShownPf | null, kept: KeptPf, { isScanned }: { isScanned: boolean }): PfReport {
  return {
    pciAddress: kept.pciAddress,
    driver: shown?.driver ?? null,
    firmware: shown?.firmware ?? null,
    identity: shown?.identity ?? kept.identity ?? { vendorId: '', deviceId: '', mac: null },
    health: shown?.health ?? { carrier: null, pcieErrors: null },
    autoprobe: shown?.autoprobe ?? false,
    vfDriverAvailable: shown?.vfDriverAvailable ?? false,
    persisted: kept.persisted,
    persistedMtu: kept.persistedMtu,
    settlement: kept.settlement,
    changing: kept.changing,
    stuck: kept.stuck,
    unsupported: shown ? supportOf(kept.unsupported, shown) : [],
    warning: warning(shown, kept, isScanned),
  };
}

function warning(shown: ShownPf | null, kept: KeptPf, isScanned: boolean): string | null {
  if (kept.problem !== null) return kept.problem;
  const { persisted, pciAddress } = kept;
  if (!isScanned || persisted === null || kept.changing || kept.stuck) return null;
  if (shown === null) {
    return `${persisted} virtual functions are kept for ${pciAddress}, where there is no physical function; put the card back or switch SR-IOV on again (BIOS, card firmware), or: vfleet-host-agent forget ${pciAddress}`;
  }
  if (kept.identity && !isSameCard(kept.identity, shown.identity)) {
    return `another card is at ${pciAddress}: ${persisted} virtual functions are kept for ${describeCard(kept.identity)}, found is ${describeCard(shown.identity)}; the number is not applied. Put the card back, or: vfleet-host-agent forget ${pciAddress}`;
  }
  if (shown.existing !== persisted) {
    return `${persisted} virtual functions are kept for ${pciAddress} and ${shown.existing} exist: the restore at boot failed, or something else changed them. Send the number again`;
  }
  return null;
}
