import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { LabelResource } from '@vfleet/contracts/vocabulary/label';
import { findVfsConfig } from './find-nic.ts';
import { type KnownNetworks, withLabel, withoutLabelled } from './known-networks.ts';
import type { Ledger, LedgerNic, LedgerVfsConfig } from './ledger.ts';
import { type ListsDecision, withAllowed } from './ledger-change.ts';
import { allNetworksAllowed } from './refuse-network.ts';

type OnLabel = { nic: string; vfsConfig: string; label: string };
type Subject = { nic: LedgerNic; config: LedgerVfsConfig; label: string };

const ADD_RULES: Rule<Subject>[] = [
  allNetworksAllowed,
  {
    code: 'ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG',
    detail: ({ nic, config, label }) =>
      config.labels.includes(label) ? `The label ${label} is in the configuration of ${nic.name}.` : undefined,
  },
];

/** While all networks are allowed there are no labels that one could be missing from. */
const REMOVE_RULES: Rule<Subject>[] = [
  allNetworksAllowed,
  {
    code: 'ACTION_TYPE_FAILED_LABEL_NOT_IN_VFS_CONFIG',
    detail: ({ nic, config, label }) =>
      config.allNetworksAllowed || config.labels.includes(label)
        ? undefined
        : `The configuration of ${nic.name} has no label ${label}.`,
  },
];

/** Allows the networks of a label on the VFs of a PF; those that it brings in leave the list. */
export function decideAddAllowedLabel(
  ledger: Ledger,
  { label, ...on }: OnLabel,
  known: KnownNetworks,
): ListsDecision<LabelResource> {
  const found = findVfsConfig(ledger, on);
  if (!found.ok) return found;
  const { nic, config } = found;
  const refusals = brokenRules(ADD_RULES, { nic, config, label });
  if (refusals.length > 0) return { ok: false, refusals };
  const lists = {
    networkIds: withoutLabelled(config.networkIds, label, known),
    labels: withLabel(config.labels, label),
  };
  return { ok: true, ledger: withAllowed(ledger, config, lists), nicName: nic.name, reply: { id: label } };
}

/**
 * Takes a label out of a VfsConfig, and with it every network that carries it: one that got the label after it was
 * listed was shown as the label's, and is not back in the list either.
 */
export function decideRemoveAllowedLabel(
  ledger: Ledger,
  { label, ...on }: OnLabel,
  known: KnownNetworks,
): ListsDecision<Record<string, never>> {
  const found = findVfsConfig(ledger, on);
  if (!found.ok) return found;
  const { nic, config } = found;
  const refusals = brokenRules(REMOVE_RULES, { nic, config, label });
  if (refusals.length > 0) return { ok: false, refusals };
  const lists = {
    networkIds: withoutLabelled(config.networkIds, label, known),
    labels: config.labels.filter((other) => other !== label),
  };
  return { ok: true, ledger: withAllowed(ledger, config, lists), nicName: nic.name, reply: {} };
}
