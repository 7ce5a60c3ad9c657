import { command, event, hostMessage, query } from '@vfleet/contracts/define';
import type { MessageContext } from '@vfleet/contracts/envelope';
import { z } from 'zod';

const Numbered = z.object({ id: z.string(), n: z.int() });
const keyOf = ({ id }: { id: string }) => id;

/** Contracts that only the conformance suite knows: one of each kind, and one that no broker of the suite routes. */
export const Double = command('inventory.double', {
  request: Numbered,
  reply: z.object({ n: z.int() }),
  refusals: ['HOST_NOT_EXIST'],
  keyOf,
});

export const Look = query('inventory.look', {
  request: Numbered,
  reply: z.object({ n: z.int() }),
  refusals: [],
  keyOf,
});

export const Unrouted = command('policy.unrouted', { request: Numbered, reply: z.object({}), refusals: [], keyOf });

/** As Double, from a sender that knows another shape of it. */
export const DoubleWithoutCheck = command('inventory.double', {
  request: z.object({ id: z.string(), n: z.unknown() }),
  reply: Double.reply,
  refusals: [],
  keyOf,
});

export const Happened = event('inventory.happened', {
  payload: Numbered,
  keyOf,
  consumers: ['inventory'],
  followers: ['gateway'],
});

/** As Happened, from a sender that knows another shape of it. */
export const HappenedWithoutCheck = event('inventory.happened', {
  payload: z.object({ id: z.string(), n: z.unknown() }),
  keyOf,
  consumers: ['inventory'],
});

/** As Happened, from a sender that says it of one entity under the key of another. */
export const HappenedElsewhere = event('inventory.happened', {
  payload: Numbered,
  keyOf: () => 'elsewhere',
  consumers: ['inventory'],
});

/** As Happened, from a newer sender. */
export const HappenedLater = event('inventory.happened', {
  payload: Numbered,
  keyOf,
  consumers: ['inventory'],
  schemaVersion: 2,
});

export const Unfollowed = event('inventory.unfollowed', { payload: Numbered, keyOf, consumers: ['inventory'] });

export const Rumoured = event('host-agent.rumoured', {
  payload: Numbered,
  keyOf,
  followers: ['gateway'],
  transient: true,
});

export const Poke = hostMessage('poke', { payload: z.object({ n: z.int() }) });
export const PokeWithoutCheck = hostMessage('poke', { payload: z.object({ n: z.unknown() }) });
export const Nudge = hostMessage('nudge', { payload: z.object({ n: z.int() }) });

export const SUITE_CONTRACTS = [Double, Look, Happened, Unfollowed, Rumoured, Poke, Nudge] as const;

let count = 0;

/** A context with an id of its own. */
export function context(id = `message-${++count}`): MessageContext {
  return {
    id,
    correlationId: `${id}-cause`,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    actor: { kind: 'service', name: 'suite' },
    sentAt: '2026-01-01T00:00:00.000Z',
  };
}

/** A context of the agent of a host, as agents' events have it. */
export function agentContext(hostId: string): MessageContext {
  return { ...context(), actor: { kind: 'agent', name: hostId } };
}
