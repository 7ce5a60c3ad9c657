import { answers, type Binding, reactsTo } from '@vfleet/bus/bus';
import { VfsCleaned } from '@vfleet/contracts/host-agent-vms';
import {
  AttachClaims,
  ClaimVfs,
  ConfirmPoweredOff,
  FindClaims,
  ReleaseClaims,
} from '@vfleet/contracts/inventory-claims';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import type { Contacts } from './contacts.ts';
import type { Ledger } from './core/ledger.ts';
import type { FollowedNetworks } from './follow-networks.ts';
import { attachClaims } from './handlers/attach-claims.ts';
import { claimVfs } from './handlers/claim-vfs.ts';
import { confirmPoweredOff } from './handlers/confirm-powered-off.ts';
import { findClaims } from './handlers/find-claims.ts';
import { releaseClaims } from './handlers/release-claims.ts';
import { vfsCleaned } from './handlers/vfs-cleaned.ts';
import type { TellHosts } from './tell-hosts.ts';

/** Everything that is asked and told about claims of VFs. */
export function claimAnswers(deps: {
  hosts: Deciding<Ledger>;
  networks: FollowedNetworks;
  contacts: Contacts;
  tellHosts: TellHosts;
  claimDeadlineMs: number;
}): Binding[] {
  return [
    answers(ClaimVfs, claimVfs(deps)),
    answers(AttachClaims, attachClaims(deps)),
    answers(ReleaseClaims, releaseClaims(deps)),
    answers(FindClaims, findClaims({ hosts: deps.hosts.documents })),
    answers(ConfirmPoweredOff, confirmPoweredOff(deps)),
    reactsTo(VfsCleaned, vfsCleaned(deps)),
  ];
}
