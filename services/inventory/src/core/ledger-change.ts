import type { Refusal } from '@vfleet/contracts/refusals';
import type { Ledger, LedgerNic, LedgerVfsConfig } from './ledger.ts';

/** A change of what one nic or its VfsConfig is to serve or carry: the whole new ledger and the answer, or every broken rule. */
export type ListsDecision<Reply> =
  | { ok: true; ledger: Ledger; nicName: string; reply: Reply }
  | { ok: false; refusals: Refusal[] };

/** The ledger with one VfsConfig replaced by its new state. */
export function withVfsConfig(ledger: Ledger, config: LedgerVfsConfig): Ledger {
  return { ...ledger, vfsConfigs: ledger.vfsConfigs.map((known) => (known.id === config.id ? config : known)) };
}

/** The ledger with other lists of one VfsConfig, whose ETag rises. */
export function withAllowed(
  ledger: Ledger,
  config: LedgerVfsConfig,
  lists: Partial<Pick<LedgerVfsConfig, 'networkIds' | 'labels'>>,
): Ledger {
  return withVfsConfig(ledger, { ...config, ...lists, revision: config.revision + 1 });
}

/** The ledger with other lists of one nic; the ETags of nics rise. */
export function withCarried(
  ledger: Ledger,
  nic: LedgerNic,
  lists: Partial<Pick<LedgerNic, 'networkIds' | 'labels'>>,
): Ledger {
  const nics = ledger.nics.map((known) => (known.id === nic.id ? { ...nic, ...lists } : known));
  return { ...ledger, nics, nicsRevision: ledger.nicsRevision + 1 };
}
