import { answers, type Binding } from '@vfleet/bus/bus';
import type { Command, Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import type { Refusal } from '@vfleet/contracts/refusals';

/** What a stand-in for a service got and did. */
export type Deeds = {
  /** Every command it carried out, in order; queries are not among them. */
  commands: { name: string; id: string; payload: unknown }[];
  /** Every message it got and noted. */
  heard: Message<unknown>[];
  /** What the next commands are refused with. */
  refusals: Refusal[];
};

export type CarriesOut = <Payload, Reply>(
  contract: Command<Payload, Reply>,
  carryOut: (payload: Payload, commandId: string) => Verdict<Reply>,
) => Binding;

/** Makes bindings that carry a command out once for its id, as a service of ours does, and note it. */
export function carryingOut(deeds: Deeds): CarriesOut {
  const answered = new Map<string, Verdict<never>>();
  return (contract, carryOut) =>
    answers(contract, async (message) => {
      deeds.heard.push(message);
      const known = answered.get(message.id);
      if (known) return known;
      if (deeds.refusals.length > 0) return { ok: false, refusals: deeds.refusals };
      const verdict = carryOut(message.payload, message.id);
      if (!verdict.ok) return verdict;
      deeds.commands.push({ name: contract.name, id: message.id, payload: message.payload });
      answered.set(message.id, structuredClone(verdict) as Verdict<never>);
      return verdict;
    });
}
