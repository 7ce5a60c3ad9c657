import { z } from 'zod';

/** Who caused a message: a logged-in person, a host's agent, or a service acting by itself. */
export const Actor = z.object({ kind: z.enum(['user', 'agent', 'service']), name: z.string().min(1).max(200) });
export type Actor = z.infer<typeof Actor>;

/** What every message carries beside its payload. `version` is the version of the document a fact was published from. */
export const Envelope = z.object({
  id: z.string().min(1).max(200),
  name: z.string(),
  correlationId: z.string().min(1).max(200),
  traceparent: z.string().optional(),
  actor: Actor,
  schemaVersion: z.int().positive(),
  sentAt: z.iso.datetime(),
  version: z.int().positive().optional(),
  payload: z.unknown(),
});
export type Envelope = z.infer<typeof Envelope>;

/** What the sender of a message knows; the bus adds name and schema version. */
export type MessageContext = Pick<Envelope, 'id' | 'correlationId' | 'actor' | 'sentAt'> & {
  traceparent?: string | undefined;
  version?: number | undefined;
};

/** A message as a handler gets it: parsed payload and where it comes from. `name` is its contract's; the bus fills it in. */
export type Message<Payload> = MessageContext & { name?: string | undefined; payload: Payload; redelivered: boolean };
