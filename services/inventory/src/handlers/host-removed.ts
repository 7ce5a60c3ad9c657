import type { Reaction } from '@vfleet/bus/bus';
import type { HostRemoved } from '@vfleet/contracts/inventory-enrolment';
import type { Enrolments } from '../enrolments.ts';

/** The fact waits in the host's tombstone until it is published: a death after the removal forgets no user. */
export const hostRemoved =
  ({ enrolments }: { enrolments: Enrolments }): Reaction<typeof HostRemoved> =>
  (message) =>
    enrolments.end(message.payload.hostId, message);
