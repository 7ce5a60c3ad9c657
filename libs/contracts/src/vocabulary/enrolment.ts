import { z } from 'zod';
import { Host } from './host.ts';
import { EntityId } from './ids.ts';

const BrokerUrl = z.url({ protocol: /^amqps?$/ });

/**
 * What the agent of a host logs in to the broker with: told once, kept nowhere. `broker_url` holds no password; `token`
 * carries all of it in one line (`enrolmentToken`).
 */
export const Enrolment = z.object({
  host_id: EntityId,
  broker_url: BrokerUrl,
  username: z.string(),
  password: z.string(),
  token: z.string().describe('For "vfleet-host-agent enroll" on the host. Whoever has it can speak as this host.'),
});
export type Enrolment = z.infer<typeof Enrolment>;

/** Why there are no credentials, and what to do. */
const EnrolmentProblem = z.object({ code: z.string(), detail: z.string(), remedy: z.string() });

/** A host as the answer to adding it shows it. Without credentials the problem says why, and how to get them. */
export const AddedHost = Host.extend({
  enrolment: Enrolment.nullable().describe(
    'What the agent of the host logs in with: told here, once, and kept nowhere.',
  ),
  enrolment_problem: EnrolmentProblem.nullable(),
});
export type AddedHost = z.infer<typeof AddedHost>;
