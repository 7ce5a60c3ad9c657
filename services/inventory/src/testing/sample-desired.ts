import { settle, wantNext } from '@vfleet/contracts/desired-state';
import type { LedgerVfsConfig } from '../core/ledger.ts';

/** What is wanted of a PF by its first generation: open, or settled so. */
export function desired(
  numOfVfs: number,
  result?: 'applied' | 'failed',
  mtu: number | null = null,
): LedgerVfsConfig['desired'] {
  const open = wantNext<NonNullable<LedgerVfsConfig['desired']['want']>>(
    { generation: 0, settled: 0, want: null, settlements: [] },
    { numOfVfs, mtu, allNetworksAllowed: null },
  );
  const failure = result === 'failed' ? { code: 'EIO', cause: 'c', remedy: 'r' } : null;
  return result
    ? settle(open, { generation: 1, result, failure, existing: numOfVfs, at: '2026-01-01T00:00:00.000Z' })
    : open;
}
