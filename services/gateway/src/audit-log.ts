import { AuditEntry } from '@vfleet/contracts/vocabulary/audit';
import type { Collection, Documents, PageOf, Stored } from '@vfleet/documents/documents';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { endOfAudit } from './core/audit-order.ts';
import { placesOf } from './core/audit-places.ts';

const PURGED_AT_ONCE = 500;
const READ_AT_ONCE = 500;
/** A question that fits little is answered page by page: each looks at no more entries than this. */
const MOST_READ = 10_000;

/** Who did what: entries by their ids, the newest first. */
export const auditLog: Collection<AuditEntry> = {
  name: 'audit',
  schema: AuditEntry,
  schemaVersion: 1,
  keys: {
    actor: { of: ({ actor }) => actor.name },
    place: { of: ({ target }) => placesOf(target) },
  },
};

/** `after` is the cursor of the page before; `since` is in milliseconds since the epoch. */
export type AuditQuestion = {
  limit: number;
  after: string | undefined;
  actor: string | undefined;
  target: string | undefined;
  since: number | undefined;
};

export type AuditLog = {
  /** Logs an entry that is new; one that is there stays as it is. Durable on return. */
  add(entry: AuditEntry): Promise<void>;
  /** Logs how what an entry tells of came out, whether it is there or not. Durable on return. */
  complete(entry: AuditEntry): Promise<void>;
  /** A page of what a question fits, newest first; `next` leads on though the page is not full. */
  page(question: AuditQuestion): Promise<{ items: AuditEntry[]; next: string | null }>;
  /** Forgets what was done before `before`, in milliseconds since the epoch. */
  forget(before: number): Promise<void>;
};

/** Makes the audit log on its documents. */
export function makeAuditLog({ documents, clock }: { documents: Documents<AuditEntry>; clock: Clock }): AuditLog {
  const putOf = (entry: AuditEntry, expectedVersion: number) => ({
    ...{ id: entry.id, expectedVersion, body: entry },
    ...{ answers: [], unpublished: [] },
  });

  return {
    async add(entry) {
      await documents.put(putOf(entry, 0));
    },
    async complete(entry) {
      if ((await documents.put(putOf(entry, 1))).ok) return;
      const stored = await documents.get(entry.id);
      await documents.put(putOf(entry, stored?.version ?? 0));
    },
    async page(question) {
      const { limit, actor, target } = question;
      // Only one of the two can be looked up.
      const isSieved = actor !== undefined && target !== undefined;
      const atOnce = isSieved ? READ_AT_ONCE : limit + 1;
      const items: AuditEntry[] = [];
      let after = question.after;
      for (let read = 0; read < MOST_READ; read += atOnce) {
        const page = await readPage(question, { limit: atOnce, after });
        for (const { id, body } of page) {
          if (isTooOld(id, question)) return { items, next: null };
          if (items.length === limit) return { items, next: after ?? null };
          if (!isSieved || body.actor.name === actor) items.push(body);
          after = id;
        }
        if (page.length < atOnce) return { items, next: null };
      }
      return { items, next: after ?? null };
    },
    async forget(before) {
      const after = endOfAudit(before);
      for (;;) {
        const old = await documents.list({ limit: PURGED_AT_ONCE, after });
        const at = isoNow(clock);
        await Promise.all(
          old.map(({ id, version }) =>
            documents.remove({ id, expectedVersion: version, answers: [], unpublished: [], at }),
          ),
        );
        if (old.length < PURGED_AT_ONCE) break;
      }
      await documents.purgeTombstones(isoNow(clock));
    },
  };

  function readPage({ actor, target }: AuditQuestion, page: PageOf): Promise<Stored<AuditEntry>[]> {
    const [place] = target === undefined ? [] : placesOf(target).slice(-1);
    if (place !== undefined) return documents.find('place', place, page);
    return actor === undefined ? documents.list(page) : documents.find('actor', actor, page);
  }
}

function isTooOld(id: string, { since }: AuditQuestion): boolean {
  return since !== undefined && id > endOfAudit(since);
}
