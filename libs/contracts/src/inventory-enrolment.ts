import { z } from 'zod';
import { command, event } from './define.ts';
import { Enrolment } from './vocabulary/enrolment.ts';
import { EntityId, EntityRef } from './vocabulary/ids.ts';

/**
 * Makes new credentials for the agent of a host; the earlier ones, and what is connected with them, end. Not carried out
 * twice: what was answered is told to nobody again.
 */
export const EnrolHost = command('inventory.enrol-host', {
  request: z.object({ host: EntityRef }),
  reply: Enrolment,
  refusals: ['HOST_NOT_EXIST', 'ENROLMENT_NOT_AVAILABLE', 'ENROLMENT_TOLD_ONCE', 'BROKER_USERS_UNAVAILABLE'],
  keyOf: ({ host }) => host,
});

/** A host is no longer managed: what its agent logged in with is to end. */
export const HostRemoved = event('inventory.host-removed', {
  payload: z.object({ hostId: EntityId }),
  keyOf: ({ hostId }) => hostId,
  consumers: ['inventory'],
});
