import type { KnownNetwork } from '@vfleet/contracts/policy/networks';
import { refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { AllowedNetwork } from '@vfleet/contracts/vocabulary/allowed-network';
import { bondSlave, type Carrier, canCarry, cannotCarry, findCarrier } from './carrier.ts';
import { type KnownNetworks, withoutGone } from './known-networks.ts';
import type { Ledger } from './ledger.ts';
import { type ListsDecision, withCarried } from './ledger-change.ts';
import { noSuchNetwork } from './refuse-network.ts';

type OnNetwork = { nic: string; network: string };
/** `network` is what the reference names now: undefined when there is none. */
type Related = { network: KnownNetwork | undefined; known: KnownNetworks };
type Subject = { ref: string; ledger: Ledger; carrier: Carrier; network: KnownNetwork | undefined };

const ADD_RULES: Rule<Subject>[] = [
  bondSlave,
  cannotCarry,
  {
    code: 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
    detail: ({ ref, network }) => (network ? undefined : noSuchNetwork(ref)),
  },
  {
    code: 'NETWORK_ALREADY_ATTACHED_TO_NIC',
    detail: ({ ledger, network }) => {
      const labelled = ledger.nics.find(({ labels }) => network?.label && labels.includes(network.label));
      if (network && labelled) {
        return `Network ${network.name} is attached to ${labelled.name} of host ${ledger.name} through the label ${network.label}.`;
      }
      const listed = ledger.nics.find(({ networkIds }) => network && networkIds.includes(network.id));
      return network && listed
        ? `Network ${network.name} is attached to ${listed.name} of host ${ledger.name}.`
        : undefined;
    },
  },
];

const REMOVE_RULES: Rule<Subject>[] = [
  ...[bondSlave, cannotCarry].map(({ code, detail }) => ({
    code,
    detail: (subject: Subject) => (isListed(subject) || labelOf(subject) ? undefined : detail(subject)),
  })),
  {
    code: 'NETWORK_NOT_ATTACHED_TO_NIC',
    detail: (subject) => {
      const { ref, carrier, network } = subject;
      return !canCarry(carrier) || isListed(subject) || labelOf(subject)
        ? undefined
        : `${carrier.name} does not carry network ${network?.name ?? ref}.`;
    },
  },
  {
    code: 'NETWORK_ATTACHED_TO_NIC_VIA_LABEL',
    detail: (subject) => {
      const { carrier, network } = subject;
      const label = labelOf(subject);
      return network && label
        ? `Network ${network.name} is attached to ${carrier.name} through the label ${label}.`
        : undefined;
    },
  },
];

/** Attaches a network to the nic itself, independent of any VfsConfig; of a host only one nic carries it. */
export function decideAddNicNetwork(
  ledger: Ledger,
  { nic: nicRef, network: ref }: OnNetwork,
  { network, known }: Related,
): ListsDecision<AllowedNetwork> {
  const found = findCarrier(ledger, nicRef);
  if (!found.ok) {
    const noNetwork = network ? [] : [refusal('ACTION_TYPE_FAILED_NETWORK_NOT_EXIST', noSuchNetwork(ref))];
    return { ok: false, refusals: [...found.refusals, ...noNetwork] };
  }
  const { carrier } = found;
  const refusals = brokenRules(ADD_RULES, { ref, ledger, carrier, network });
  if (!carrier.nic || !network || refusals.length > 0) return { ok: false, refusals };
  const { id, name } = network;
  const networkIds = [...withoutGone(carrier.nic.networkIds, known), id];
  const reply = { id, name, via_label: null };
  return { ok: true, ledger: withCarried(ledger, carrier.nic, { networkIds }), nicName: carrier.name, reply };
}

/** Detaches a listed network from the nic itself; a reference that nothing is known of may still be a listed id. */
export function decideRemoveNicNetwork(
  ledger: Ledger,
  { nic: nicRef, network: ref }: OnNetwork,
  { network, known }: Related,
): ListsDecision<Record<string, never>> {
  const found = findCarrier(ledger, nicRef);
  if (!found.ok) return found;
  const { carrier } = found;
  const refusals = brokenRules(REMOVE_RULES, { ref, ledger, carrier, network });
  if (!carrier.nic || refusals.length > 0) return { ok: false, refusals };
  const removed = network?.id ?? ref;
  const networkIds = withoutGone(carrier.nic.networkIds, known).filter((id) => id !== removed);
  return { ok: true, ledger: withCarried(ledger, carrier.nic, { networkIds }), nicName: carrier.name, reply: {} };
}

function isListed({ carrier: { nic }, network, ref }: Subject): boolean {
  return nic?.networkIds.includes(network?.id ?? ref) ?? false;
}

/** The label through which the nic carries the network, if any. */
function labelOf({ carrier: { nic }, network }: Subject): string | undefined {
  return network?.label && nic?.labels.includes(network.label) ? network.label : undefined;
}
