import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import { decideConnection } from './decide-connection.ts';
import type { Ledger } from './ledger.ts';
import { raiseFences } from './raise-fences.ts';

/**
 * The ledger with its host heard; undefined when that says nothing new. A fence floor above what the ledger has given
 * out raises its counter: the agent refuses all fences up to it. `fenceFloor` is null while the agent has learnt none.
 */
export function decideHeard(
  ledger: Ledger,
  heard: { at: string; agentVersion: string; fenceFloor: number | null },
): { ledger: Ledger; notes: AuditNote[] } | undefined {
  const { at, agentVersion, fenceFloor } = heard;
  const raised = raiseFences(ledger, fenceFloor ?? 0, at);
  const up = decideConnection(raised.ledger, { status: 'up', at, agentVersion });
  return up || raised.ledger !== ledger ? { ...raised, ledger: up ?? raised.ledger } : undefined;
}
