import { ROUTES } from '@vfleet/contracts/rest';
import { z } from 'zod';
import type { AuditLog } from './audit-log.ts';
import type { AuditTrail } from './audit-trail.ts';
import { type RawRequest, requestReader } from './core/read-request.ts';
import { cursorIn } from './cursor.ts';
import { faultyBy, type Outgoing } from './outgoing.ts';
import { pageOutgoing } from './page-outgoing.ts';

const NAME = 'listAudit';
const { [NAME]: route } = ROUTES;
type Query = z.output<typeof route.query>;

/** Makes what answers `GET /api/audit`. What this process has not written yet is waited for: a caller finds its own deeds. */
export function auditShower({
  auditLog,
  trail,
}: {
  auditLog: Pick<AuditLog, 'page'>;
  trail: Pick<AuditTrail, 'settled'>;
}): (request: { raw: RawRequest; url: string }) => Promise<Outgoing> {
  const read = requestReader(
    { ...route, ...{ params: z.object({}), body: z.object({}), takesBody: false, bodyAs: undefined, ifMatch: false } },
    { cursorIn: (text) => cursorIn(NAME, text), entityIdFor: () => '' },
  );
  return async ({ raw, url }) => {
    const request = read(raw);
    if (!request.ok) return faultyBy(request.faults);
    const { limit, cursor, actor, target, since } = request.input.query as Query;
    await trail.settled();
    const page = await auditLog.page({
      ...{ limit, after: cursor, actor, target },
      since: since === undefined ? undefined : Date.parse(since),
    });
    return pageOutgoing({ name: NAME, url, status: 200, headers: {} }, page);
  };
}
