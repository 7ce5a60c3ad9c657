import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { LabelResource } from '@vfleet/contracts/vocabulary/label';
import { bondSlave, type Carrier, canCarry, cannotCarry, findCarrier } from './carrier.ts';
import { type KnownNetworks, withLabel, withoutLabelled } from './known-networks.ts';
import type { Ledger } from './ledger.ts';
import { type ListsDecision, withCarried } from './ledger-change.ts';

/** So many networks are named in a refusal. */
const NAMED = 10;

type OnLabel = { nic: string; label: string };
type Subject = { ledger: Ledger; carrier: Carrier; label: string; known: KnownNetworks };

const ADD_RULES: Rule<Subject>[] = [
  bondSlave,
  cannotCarry,
  {
    code: 'LABEL_ALREADY_ON_NIC',
    detail: ({ ledger, label }) => {
      const holder = ledger.nics.find(({ labels }) => labels.includes(label));
      return holder ? `${holder.name} of host ${ledger.name} has the label ${label}.` : undefined;
    },
  },
  {
    code: 'NETWORK_ALREADY_ATTACHED_TO_NIC',
    detail: (subject) => {
      const attached = attachedElsewhere(subject);
      if (attached.length === 0) return undefined;
      const more = attached.length > NAMED ? ' and others' : '';
      const { ledger, label } = subject;
      return `Networks with the label ${label} are attached to other interfaces of host ${ledger.name}: ${attached.slice(0, NAMED).join(', ')}${more}.`;
    },
  },
];

const REMOVE_RULES: Rule<Subject>[] = [
  ...[bondSlave, cannotCarry].map(({ code, detail }) => ({
    code,
    detail: (subject: Subject) => (hasLabel(subject) ? undefined : detail(subject)),
  })),
  {
    code: 'LABEL_NOT_ON_NIC',
    detail: (subject) =>
      !canCarry(subject.carrier) || hasLabel(subject)
        ? undefined
        : `${subject.carrier.name} does not have the label ${subject.label}.`,
  },
];

/** Attaches the networks of a label to the nic itself; those of them that were listed come with the label from now on. */
export function decideAddNicLabel(
  ledger: Ledger,
  { nic: ref, label }: OnLabel,
  known: KnownNetworks,
): ListsDecision<LabelResource> {
  const found = findCarrier(ledger, ref);
  if (!found.ok) return found;
  const { carrier } = found;
  const refusals = brokenRules(ADD_RULES, { ledger, carrier, label, known });
  if (!carrier.nic || refusals.length > 0) return { ok: false, refusals };
  const { networkIds, labels } = carrier.nic;
  const lists = { networkIds: withoutLabelled(networkIds, label, known), labels: withLabel(labels, label) };
  return { ok: true, ledger: withCarried(ledger, carrier.nic, lists), nicName: carrier.name, reply: { id: label } };
}

/** Takes a label off the nic itself, and with it every network that carries it. */
export function decideRemoveNicLabel(
  ledger: Ledger,
  { nic: ref, label }: OnLabel,
  known: KnownNetworks,
): ListsDecision<Record<string, never>> {
  const found = findCarrier(ledger, ref);
  if (!found.ok) return found;
  const { carrier } = found;
  const refusals = brokenRules(REMOVE_RULES, { ledger, carrier, label, known });
  if (!carrier.nic || refusals.length > 0) return { ok: false, refusals };
  const { networkIds, labels } = carrier.nic;
  const lists = {
    networkIds: withoutLabelled(networkIds, label, known),
    labels: labels.filter((other) => other !== label),
  };
  return { ok: true, ledger: withCarried(ledger, carrier.nic, lists), nicName: carrier.name, reply: {} };
}

/** Networks of the label that other nics list, each with its nic. */
function attachedElsewhere({ ledger, carrier, label, known }: Subject): string[] {
  return ledger.nics.flatMap((nic) =>
    nic.id === carrier.nic?.id
      ? []
      : nic.networkIds.flatMap((id) => {
          const network = known.get(id);
          return network?.label === label ? [`${network.name} to ${nic.name}`] : [];
        }),
  );
}

function hasLabel({ carrier: { nic }, label }: Subject): boolean {
  return nic?.labels.includes(label) ?? false;
}
