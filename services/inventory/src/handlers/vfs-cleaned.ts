import type { Reaction } from '@vfleet/bus/bus';
import type { VfsCleaned } from '@vfleet/contracts/host-agent-vms';
import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import { nicsOfVfs } from '../core/claim-view.ts';
import { decideVfsCleaned } from '../core/decide-vfs-cleaned.ts';
import type { Ledger } from '../core/ledger.ts';
import { claimsChanged, hostChanged, noted } from '../host-fact.ts';
import { releaseTimes } from '../release-times.ts';

/**
 * What the agent proves of VFs ends claims; their placements are told, for they may wait for it. A VF that nobody claims
 * is clean by it too.
 */
export const vfsCleaned =
  ({ hosts }: { hosts: Deciding<Ledger> }): Reaction<typeof VfsCleaned> =>
  (message) => {
    const { hostId, results } = message.payload;
    return reactAndPut(hosts, hostId, message, (host, _, { now }) => {
      const decision = host && decideVfsCleaned(host.body, results, releaseTimes(now));
      if (!decision) return { ok: true, body: 'unchanged', reply: null };
      const { ledger, gone, kept, notes } = decision;
      const nics = nicsOfVfs(ledger, [...results, ...gone, ...kept]);
      const facts = [
        hostChanged(hostId, 'claims', nics),
        ...claimsChanged(hostId, [...gone, ...kept]),
        ...noted(hostId, notes),
      ];
      return { ok: true, body: ledger, reply: null, facts };
    });
  };
