import type { Placement } from './core/placement.ts';
import type { Pick } from './fleet.ts';

type Attempt = { vmId: string; attempt: number };
type Picked = Extract<Pick, { ok: true }>;

/** The picks of this process whose claims are not made: their VFs are kept from its other picks until then. */
export type KeptPicks = {
  /** Keeps a pick for the attempt it is made for; one that was kept for it before is given up. */
  keep(attempt: Attempt, pick: Picked): void;
  /** The claims of the attempt a placement is at are in the ledger of this version. */
  claimed(placement: Placement, ledgerVersion: number): void;
  /** The attempt will not claim what was picked, or does not need to. */
  givenUp(attempt: Attempt): void;
};

export function keptPicks(): KeptPicks {
  const open = new Map<string, Picked>();
  const keyOf = ({ vmId, attempt }: Attempt) => `${vmId} ${attempt}`;

  function take(attempt: Attempt): Picked | undefined {
    const pick = open.get(keyOf(attempt));
    open.delete(keyOf(attempt));
    return pick;
  }

  return {
    keep: (attempt, pick) => {
      take(attempt)?.givenUp();
      open.set(keyOf(attempt), pick);
    },
    claimed: (placement, ledgerVersion) => take(placement)?.claimed(ledgerVersion),
    givenUp: (attempt) => take(attempt)?.givenUp(),
  };
}
