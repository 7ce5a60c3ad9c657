import type { RefusalRow } from './row.ts';

/** Refusals of a request because of what it is, whatever it is about. */
export const REQUEST_REFUSALS = {
  PRECONDITION_FAILED: {
    status: 412,
    title: 'The resource has changed since it was read',
    remedy: 'Read it again, look at what changed, and send the change with the new ETag.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'This idempotency key was used for another request',
    remedy: 'Use a new key for a new request; repeat a request unchanged to get its first answer.',
  },
  ID_ALREADY_USED: {
    status: 409,
    title: 'This id was used before',
    remedy: 'Ids are never given out again: choose a new one.',
  },
  TOO_MUCH_CONTENTION: {
    status: 503,
    title: 'Too many changes at once',
    remedy: 'Nothing was changed by this request; send it again.',
  },
} as const satisfies Record<string, RefusalRow>;
