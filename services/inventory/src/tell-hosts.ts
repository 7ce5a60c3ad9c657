import type { Bus } from '@vfleet/bus/bus';
import type { HostMessage } from '@vfleet/contracts/define';
import type { MessageContext } from '@vfleet/contracts/envelope';
import { Probe, ReportRequested, VfsWanted } from '@vfleet/contracts/host-agent';
import { CleanVfs, FenceFloor } from '@vfleet/contracts/host-agent-vms';
import type { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import type { Clock } from '@vfleet/process/clock';
import { isoNow } from '@vfleet/process/clock';
import type { z } from 'zod';
import type { Ledger } from './core/ledger.ts';
import { unsettledWants } from './core/unsettled.ts';

/** The most claims of one message; a host has more only when several of its cards are emptied at once. */
const CLEAN_AT_ONCE = 256;

/** What a message to a host continues: a person's request, or nothing when the service acts by itself. */
export type Cause = Pick<MessageContext, 'correlationId' | 'actor'> & { traceparent?: string | undefined };

/** What inventory says to hosts. Nothing is kept for an absent one: it is told again when it is heard. */
export type TellHosts = {
  /** Whether an agent of the host is there to take a message. */
  probe(hostId: string, cause: Cause): Promise<boolean>;
  /** Sends every wanted number the host has not settled. */
  wanted(hostId: string, ledger: Ledger, cause?: Cause): Promise<void>;
  /** Asks for a full report; false when no agent is there. */
  requestReport(hostId: string, cause?: Cause): Promise<boolean>;
  /** Tells the agent to give these VFs back and to prove that it did. */
  clean(hostId: string, claims: readonly ClaimRef[], cause?: Cause): Promise<void>;
  /** Tells the agent up to which fence no claim holds any more. */
  fenceFloor(hostId: string, floor: z.infer<typeof FenceFloor.payload>): Promise<void>;
};

export function makeTellHosts({ bus, clock, newId }: { bus: Bus; clock: Clock; newId: () => string }): TellHosts {
  async function tell<Payload>(
    contract: HostMessage<Payload>,
    hostId: string,
    payload: Payload,
    cause?: Cause,
  ): Promise<boolean> {
    const id = newId();
    const { correlationId, actor, traceparent } = cause ?? {
      correlationId: id,
      actor: { kind: 'service' as const, name: 'inventory' },
    };
    return (
      (await bus.tell(contract, hostId, payload, { id, correlationId, actor, traceparent, sentAt: isoNow(clock) })) ===
      'delivered'
    );
  }

  return {
    probe: (hostId, cause) => tell(Probe, hostId, {}, cause),
    wanted: async (hostId, ledger, cause) => {
      for (const want of unsettledWants(ledger)) await tell(VfsWanted, hostId, want, cause);
    },
    requestReport: (hostId, cause) => tell(ReportRequested, hostId, {}, cause),
    fenceFloor: async (hostId, floor) => void (await tell(FenceFloor, hostId, floor)),
    clean: async (hostId, claims, cause) => {
      for (let from = 0; from < claims.length; from += CLEAN_AT_ONCE) {
        await tell(CleanVfs, hostId, { claims: claims.slice(from, from + CLEAN_AT_ONCE) }, cause);
      }
    },
  };
}
