import type { Answer } from '@vfleet/bus/bus';
import type { EnrolHost } from '@vfleet/contracts/inventory-enrolment';
import type { Documents } from '@vfleet/documents/documents';
import type { Ledger } from '../core/ledger.ts';
import type { Enrolments } from '../enrolments.ts';
import { onHost } from '../find-host.ts';

export const enrolHost =
  ({ hosts, enrolments }: { hosts: Documents<Ledger>; enrolments: Enrolments }): Answer<typeof EnrolHost> =>
  (message) =>
    onHost(hosts, message.payload.host, ({ id }) => enrolments.enrol(id, message));
