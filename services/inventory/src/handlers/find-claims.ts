import type { Answer } from '@vfleet/bus/bus';
import type { FindClaims } from '@vfleet/contracts/inventory-claims';
import type { Documents } from '@vfleet/documents/documents';
import { claimView } from '../core/claim-view.ts';
import type { Ledger } from '../core/ledger.ts';
import { eachHost } from '../each-host.ts';

export const findClaims =
  ({ hosts }: { hosts: Documents<Ledger> }): Answer<typeof FindClaims> =>
  async ({ payload: { placementId } }) => {
    const held: { hostId: string; ledger: Ledger }[] = [];
    await eachHost(hosts, { key: 'placement', value: placementId }, async (hostId, ledger) => {
      held.push({ hostId, ledger });
    });
    const claims = held.flatMap(({ hostId, ledger }) =>
      ledger.claims
        .filter((claim) => claim.placementId === placementId)
        .map((claim) => ({ ...claimView(ledger, claim), hostId })),
    );
    return { ok: true, reply: { claims } };
  };
