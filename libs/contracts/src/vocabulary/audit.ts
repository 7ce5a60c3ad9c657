import { z } from 'zod';
import { Actor } from '../envelope.ts';

/** How what somebody did came out. `accepted`: it goes on; its end is an entry of its own. */
const AuditOutcome = z.enum(['done', 'accepted', 'refused', 'failed', 'unknown']);

/** One entry of the audit log: who did what to what, when, and how it came out. */
export const AuditEntry = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  actor: Actor,
  action: z.string().describe('The operation of the API, or what a service did by itself.'),
  target: z.string().describe('The path of the resource.'),
  outcome: AuditOutcome,
  status: z.int().nullable().describe('The HTTP status; null for what a service did by itself.'),
  codes: z.array(z.string()).describe('Codes of broken rules and failures.'),
  detail: z.string().nullable(),
  correlation_id: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** What a service did by itself, or how an operation it had accepted ended. */
export const AuditNote = z.object({
  action: z.string(),
  target: z.string(),
  outcome: AuditOutcome,
  codes: z.array(z.string()),
  detail: z.string().nullable(),
  at: z.iso.datetime(),
  /** The person on whose behalf it was done; absent for what a service decided alone. */
  actor: Actor.optional(),
});
export type AuditNote = z.infer<typeof AuditNote>;
