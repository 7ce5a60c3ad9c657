import { z } from 'zod';
import { AuditEntry } from '../vocabulary/audit.ts';
import { listOf, PageQuery } from './page.ts';
import { localRoute } from './route.ts';

export const auditRoutes = {
  listAudit: localRoute({
    method: 'GET',
    path: '/api/audit',
    tag: 'audit',
    summary: 'Tell who did what, when, and how it came out, newest first',
    description:
      'Every request to change something, the refused ones too, and what the services did by themselves or ended later. `unknown` is how a request came out whose gateway died before it could tell. A page may hold fewer entries than asked for though `next` leads on.',
    login: true,
    query: PageQuery.extend({
      actor: z.string().min(1).max(200).optional().describe('Only what this user, agent or service did.'),
      target: z
        .string()
        .regex(/^\/[\x21-\x7e]{1,499}$/, 'a path of this API, percent-encoded, at most 500 characters')
        .optional()
        .describe('Only what was done to this path, such as `/api/vms/vm-1`, and to everything below it.'),
      since: z.iso.datetime({ offset: true }).optional().describe('Only what was done at this time or later.'),
    }),
    answer: listOf('AuditLog', 'audit_log', 'entry', AuditEntry),
  }),
};
