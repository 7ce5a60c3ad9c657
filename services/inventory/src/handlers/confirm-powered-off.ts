import type { Answer } from '@vfleet/bus/bus';
import type { ConfirmPoweredOff } from '@vfleet/contracts/inventory-claims';
import { refusal } from '@vfleet/contracts/refusals';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Contacts } from '../contacts.ts';
import { nicsOfVfs } from '../core/claim-view.ts';
import { claimRef } from '../core/claims-to-clean.ts';
import { decidePoweredOff } from '../core/decide-powered-off.ts';
import type { Ledger } from '../core/ledger.ts';
import { noSuchHost, onHost } from '../find-host.ts';
import { claimsChanged, hostChanged, hostLost, noted } from '../host-fact.ts';
import { releaseTimes } from '../release-times.ts';
import type { TellHosts } from '../tell-hosts.ts';

/**
 * The host is probed before the put: an agent that takes messages belongs to a host that is not powered off, whatever
 * became of its heartbeats. Confirmed again, the host is told lost again: it may have been given a VM since.
 */
export const confirmPoweredOff =
  ({
    hosts,
    contacts,
    tellHosts,
  }: {
    hosts: Deciding<Ledger>;
    contacts: Contacts;
    tellHosts: TellHosts;
  }): Answer<typeof ConfirmPoweredOff> =>
  (message) =>
    onHost(hosts.documents, message.payload.host, ({ id }) =>
      decideAndPut(
        hosts,
        id,
        message,
        (stored, { payload }, { now }) => {
          if (!stored) return { ok: false, refusals: [noSuchHost(payload.host)] };
          const heardAt = contacts.isSilent(id, Date.parse(now)) ? undefined : contacts.lastSeen(id);
          const decision = decidePoweredOff(stored.body, { heardAt, saidAt: message.sentAt }, releaseTimes(now));
          if (!decision.ok) return decision;
          const { ledger, freed, notes } = decision;
          const facts = [
            hostLost(id, ledger.fenceFloor),
            hostChanged(id, 'claims', nicsOfVfs(ledger, freed)),
            ...claimsChanged(id, freed),
            ...noted(
              id,
              notes.map((note) => ({ ...note, actor: message.actor })),
            ),
          ];
          return { ok: true, body: ledger, reply: { released: freed.map(claimRef) }, facts };
        },
        {
          beforePut: async (_, stored) =>
            (await tellHosts.probe(id, message))
              ? [refusal('HOST_IS_UP', `An agent of host ${stored?.body.name ?? id} is connected.`)]
              : [],
        },
      ),
    );
