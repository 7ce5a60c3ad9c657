import type { Actor } from '@vfleet/contracts/envelope';
import type { Refusal } from '@vfleet/contracts/refusals';
import type { z } from 'zod';

/**
 * A fact waiting to be published: kept in the document whose put made it true. `payload` is the contract's,
 * `version` the document's when it became true; a republished fact is the same message again, id and all.
 */
export type UnpublishedFact = {
  id: string;
  name: string;
  payload: unknown;
  version: number;
  actor: Actor;
  correlationId: string;
  traceparent?: string | undefined;
  at: string;
};

/** The answer of a command that was carried out, kept so that a redelivery gets the same one. `request` is a fingerprint. */
export type StoredAnswer = {
  commandId: string;
  request: string;
  at: string;
  verdict: { ok: true; reply: unknown } | { ok: false; refusals: Refusal[] };
};

/** A document as it is stored: its version rises by one with every put and every guard, and is what a put expects. */
export type Stored<Body> = {
  id: string;
  version: number;
  /** The version of the put that wrote the body; a guard raises `version` alone. It is what a guard expects. */
  bodyVersion: number;
  schemaVersion: number;
  answers: StoredAnswer[];
  unpublished: UnpublishedFact[];
  body: Body;
};

/** A removed document's tombstone keeps the answers (a redelivered removal finds its own) and facts not yet published. */
export type Tombstone = Omit<Stored<never>, 'body' | 'bodyVersion'> & { removedAt: string };

/**
 * A collection, declared once in code by its owner. `keys` are computed from the body on every put: a unique key
 * refuses a second holder, any key can be looked up with `find`, and a sorted key, of one value at most, with `search`.
 * `upgrade[n]` turns a body of schema version n into n + 1. Keys that are added, made sorted or computed otherwise need
 * a raised schema version: opening then computes them again.
 */
export type Collection<Body> = {
  name: string;
  schema: z.ZodType<Body>;
  schemaVersion: number;
  keys: Record<string, { unique?: boolean; sorted?: boolean; of: (body: Body) => string | readonly string[] | null }>;
  upgrade?: Record<number, (body: unknown) => unknown>;
};

export type Put<Body> = {
  id: string;
  /** 0: the document must not exist (nor its tombstone); else the version that was read. */
  expectedVersion: number;
  body: Body;
  answers: StoredAnswer[];
  unpublished: UnpublishedFact[];
};

/** Like a put without a body; `at` is the time of the removal, ISO 8601. */
export type Removal = Omit<Put<never>, 'body'> & { at: string };

/** `holder` is the id of the document that holds the unique key's value. The version is judged before the keys. */
export type PutOutcome =
  | { ok: true; version: number }
  | { ok: false; reason: 'version' }
  | { ok: false; reason: 'unique'; key: string; value: string; holder: string };

/** `after` is the id that ended the page before. */
export type PageOf = { limit: number; after?: string | undefined };

/** `after` is where the page before ended: value and id of its last document, which may be gone since. */
export type SearchPage = { limit: number; after?: { value: string; id: string } | undefined };

/**
 * One collection. A put is durable when it returns. Reads see the newest put of this and, on a shared store, every
 * other process. Bodies are JSON: validated against the schema when they are written and upgraded when they are read.
 * Ids are in the order of their code points. An empty id throws, as does half a surrogate pair anywhere and NUL in an
 * id or key value: not every store can keep them apart.
 */
export type Documents<Body> = {
  readonly collection: Collection<Body>;
  get(id: string): Promise<Stored<Body> | undefined>;
  tombstone(id: string): Promise<Tombstone | undefined>;
  /** Documents whose key `key` holds `value`, in id order. Throws on a key that is not declared. */
  find(key: string, value: string, page: PageOf): Promise<Stored<Body>[]>;
  /**
   * Documents whose sorted key `key` begins with `prefix` (all that hold one when it is empty), in the order of its value
   * and then of the id, by code points. A page costs what it holds, wherever it lies. Throws on a key that is not
   * declared as sorted.
   */
  search(key: string, prefix: string, page: SearchPage): Promise<{ value: string; document: Stored<Body> }[]>;
  /** All documents in id order, after the id `after`. */
  list(page: PageOf): Promise<Stored<Body>[]>;
  /** Conditional put: nothing is written unless the expected version is the stored one and unique keys are free. */
  put(put: Put<Body>): Promise<PutOutcome>;
  /** Conditional removal, leaving a tombstone whose id is never given out again. */
  remove(removal: Removal): Promise<PutOutcome>;
  /** Documents and tombstones that hold unpublished facts, in id order after the id `after`, for the sweep. */
  findUnpublished(limit: number, after?: string): Promise<Pick<Stored<Body>, 'id' | 'version' | 'unpublished'>[]>;
  /**
   * Takes confirmed facts out of a document without raising its version: what it judges has not changed.
   * Calls of one turn of the event loop share one write.
   */
  clearPublished(id: string, factIds: readonly string[]): Promise<void>;
  /** Forgets tombstones older than `before` that hold no unpublished fact; answers how many. */
  purgeTombstones(before: string): Promise<number>;
};

/**
 * One write of a commit. A guard demands that a document is there with the body that was read, and raises its version:
 * so a put or removal that was decided before it is refused, while any number of guards stand beside each other.
 */
export type Write =
  | { kind: 'put'; documents: Documents<never>; put: Put<unknown> }
  | { kind: 'remove'; documents: Documents<never>; removal: Removal }
  | { kind: 'guard'; documents: Documents<never>; id: string; bodyVersion: number };

export type Refused = Exclude<PutOutcome, { ok: true }>;

/** `versions` are those after the commit, one per write; `at` is the index of the first write that was refused. */
export type CommitOutcome = { ok: true; versions: number[] } | { ok: false; at: number; outcome: Refused };

/** A store of collections. sqlite and MongoDB pass one conformance suite (conformance.ts). */
export type DocumentStore = {
  /** Opens a collection and makes its indexes; idempotent. Throws when stored documents break a new unique key. */
  open<Body>(collection: Collection<Body>): Promise<Documents<Body>>;
  /** All writes or none, in one transaction; `at` names the first write that was refused. */
  commit(writes: readonly Write[]): Promise<CommitOutcome>;
  /** Answers whether the store can be written now; for readiness. Throws with the reason when it cannot. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

/** The put of a commit; the body is checked against the collection's here, where its type is known. */
export function putOf<Body>(documents: Documents<Body>, put: Put<Body>): Write {
  return { kind: 'put', documents: documents as unknown as Documents<never>, put };
}

/** The removal of a commit. */
export function removalOf<Body>(documents: Documents<Body>, removal: Removal): Write {
  return { kind: 'remove', documents: documents as unknown as Documents<never>, removal };
}

/** The guard of a commit: the document must still have the body that was read. */
export function guardOf<Body>(documents: Documents<Body>, read: Pick<Stored<Body>, 'id' | 'bodyVersion'>): Write {
  const { id, bodyVersion } = read;
  return { kind: 'guard', documents: documents as unknown as Documents<never>, id, bodyVersion };
}
