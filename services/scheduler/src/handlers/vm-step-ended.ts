import type { Reaction } from '@vfleet/bus/bus';
import type { Message } from '@vfleet/contracts/envelope';
import type { VmStepEnded } from '@vfleet/contracts/host-agent-vms';
import { stopFailed, stopped } from '../core/leave-host.ts';
import { isAwaited, type Placement } from '../core/placement.ts';
import type { Drive, Taken } from '../drive.ts';

/**
 * Only the answer to the step that is awaited means something, and the proof that an attempt is over where it was given
 * up; each from the host that was told it alone.
 */
export const vmStepEnded =
  ({ drive }: { drive: Drive }): Reaction<typeof VmStepEnded> =>
  ({ payload }) =>
    drive.take(payload.vmId, (placement) => meaningOf(placement, payload));

function meaningOf(placement: Placement, ended: Payload): Taken | undefined {
  const { step, outcome, hostId, boot, sequence, attached, domain } = ended;
  if (!isAwaited(placement, ended)) return undefined;
  if (outcome.result === 'done') {
    const proved = stopped(placement, step);
    if (proved) return { kind: 'learnt', placement: proved };
  } else {
    const failed = stopFailed(placement, step, outcome.failure);
    if (failed) return { kind: 'noted', placement: failed };
  }
  const answer = { seen: { hostId, boot, sequence }, attached };
  if (outcome.result === 'done') return { kind: 'answered', answer };
  return { kind: 'happened', happening: { kind: 'host-failed', failure: outcome.failure, domain, answer } };
}

type Payload = Parameters<Reaction<typeof VmStepEnded>>[0] extends Message<infer Ended> ? Ended : never;
