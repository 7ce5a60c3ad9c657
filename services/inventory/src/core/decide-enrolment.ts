import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { z } from 'zod';

/**
 * That a host's agent may have a user of the broker. `command` is what its last credentials were made for, null when
 * that failed before they were told; `leaving` when the host is removed and the user still to be. `rights` are those
 * that the user is known to have; null after an enrolment, which may have ended anywhere.
 */
export const Enrolled = z.object({
  command: z.string().nullable(),
  at: z.string(),
  leaving: z.boolean(),
  rights: z.string().nullable().default(null),
});
export type Enrolled = z.infer<typeof Enrolled>;

/**
 * Whether credentials are made for a command. It is written down before they are: a repeated one makes no others, which
 * would end those that were told.
 */
export function decideEnrolment(
  enrolled: Enrolled | undefined,
  { command, now }: { command: string; now: string },
): { ok: true; enrolled: Enrolled } | { ok: false; refusals: Refusal[] } {
  if (enrolled?.command === command) return { ok: false, refusals: [toldOnce(enrolled.at)] };
  return { ok: true, enrolled: { command, at: now, leaving: false, rights: null } };
}

/** That credentials were made for this request before. */
export function toldOnce(at: string): Refusal {
  return refusal('ENROLMENT_TOLD_ONCE', `This request was carried out at ${at}, and its answer told the credentials.`);
}
