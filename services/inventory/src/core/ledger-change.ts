import type { Ledger, LedgerVfsConfig } from './ledger.ts';

/** The ledger with one VfsConfig replaced by its new state. */
export function withVfsConfig(ledger: Ledger, config: LedgerVfsConfig): Ledger {
  return { ...ledger, vfsConfigs: ledger.vfsConfigs.map((known) => (known.id === config.id ? config : known)) };
}
