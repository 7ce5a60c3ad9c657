import type { KnownNetwork } from '@vfleet/contracts/policy/networks';
import { refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { AllowedNetwork } from '@vfleet/contracts/vocabulary/allowed-network';
import { findVfsConfig } from './find-nic.ts';
import { type KnownNetworks, withoutGone } from './known-networks.ts';
import type { Ledger, LedgerNic, LedgerVfsConfig } from './ledger.ts';
import { type ListsDecision, withAllowed } from './ledger-change.ts';
import { allNetworksAllowed, noSuchNetwork } from './refuse-network.ts';

type OnNetwork = { nic: string; vfsConfig: string; network: string };
/** `network` is what the reference names now: undefined when there is none. */
type Related = { network: KnownNetwork | undefined; known: KnownNetworks };
type Subject = { ref: string; nic: LedgerNic; config: LedgerVfsConfig; network: KnownNetwork | undefined };

const ADD_RULES: Rule<Subject>[] = [
  allNetworksAllowed,
  {
    code: 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
    detail: ({ ref, network }) => (network ? undefined : noSuchNetwork(ref)),
  },
  {
    code: 'ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG',
    detail: ({ nic, config, network }) => {
      const label = labelOf(config, network);
      if (network && label) return `Network ${network.name} is allowed on ${nic.name} through the label ${label}.`;
      return network && config.networkIds.includes(network.id)
        ? `Network ${network.name} is in the list of ${nic.name}.`
        : undefined;
    },
  },
];

/** While all networks are allowed there is no list that something could be missing from. */
const REMOVE_RULES: Rule<Subject>[] = [
  allNetworksAllowed,
  {
    code: 'ACTION_TYPE_FAILED_NETWORK_NOT_IN_VFS_CONFIG',
    detail: ({ ref, nic, config, network }) =>
      config.allNetworksAllowed || labelOf(config, network) || config.networkIds.includes(network?.id ?? ref)
        ? undefined
        : `${nic.name} has no network ${network?.name ?? ref} in its list.`,
  },
  {
    code: 'ACTION_TYPE_FAILED_NETWORK_IN_VFS_CONFIG_VIA_LABEL',
    detail: ({ nic, config, network }) => {
      const label = labelOf(config, network);
      return network && label
        ? `Network ${network.name} is allowed on ${nic.name} through the label ${label}.`
        : undefined;
    },
  },
];

/** Adds a network to the list of a VfsConfig (docs/domain.md, VfsConfig). */
export function decideAddAllowedNetwork(
  ledger: Ledger,
  on: OnNetwork,
  { network, known }: Related,
): ListsDecision<AllowedNetwork> {
  const found = findVfsConfig(ledger, on);
  const ref = on.network;
  if (!found.ok) {
    const noNetwork = network ? [] : [refusal('ACTION_TYPE_FAILED_NETWORK_NOT_EXIST', noSuchNetwork(ref))];
    return { ok: false, refusals: [...found.refusals, ...noNetwork] };
  }
  const { nic, config } = found;
  const refusals = brokenRules(ADD_RULES, { ref, nic, config, network });
  if (!network || refusals.length > 0) return { ok: false, refusals };
  const { id, name } = network;
  const networkIds = [...withoutGone(config.networkIds, known), id];
  const reply = { id, name, via_label: null };
  return { ok: true, ledger: withAllowed(ledger, config, { networkIds }), nicName: nic.name, reply };
}

/** Takes a network off the list of a VfsConfig; a reference that nothing is known of may still be a listed id. */
export function decideRemoveAllowedNetwork(
  ledger: Ledger,
  on: OnNetwork,
  { network, known }: Related,
): ListsDecision<Record<string, never>> {
  const found = findVfsConfig(ledger, on);
  if (!found.ok) return found;
  const { nic, config } = found;
  const refusals = brokenRules(REMOVE_RULES, { ref: on.network, nic, config, network });
  if (refusals.length > 0) return { ok: false, refusals };
  const removed = network?.id ?? on.network;
  const networkIds = withoutGone(config.networkIds, known).filter((id) => id !== removed);
  return { ok: true, ledger: withAllowed(ledger, config, { networkIds }), nicName: nic.name, reply: {} };
}

/** The label through which a network is allowed, if any. */
function labelOf({ labels }: LedgerVfsConfig, network: KnownNetwork | undefined): string | undefined {
  return network?.label && labels.includes(network.label) ? network.label : undefined;
}
