import type { Refusal } from '@vfleet/contracts/refusals';
import type { z } from 'zod';

/** A fact waiting to be published: kept in the document whose put made it true. `payload` is the contract's. */
export type UnpublishedFact = { id: string; name: string; payload: unknown; actor: unknown; correlationId: string; traceparent?: string | undefined; at: string };

/** The answer of a command that was carried out, kept so that a redelivery gets the same one. `request` is a fingerprint. */
export type StoredAnswer = { commandId: string; request: string; at: string; verdict: { ok: true; reply: unknown } | { ok: false; refusals: Refusal[] } };

/** A document as it is stored: its version rises by one with every put and is what a put expects. */
export type Stored<Body> = {
  id: string;
  version: number;
  schemaVersion: number;
  answers: StoredAnswer[];
  unpublished: UnpublishedFact[];
  body: Body;
};

/** A removed document's tombstone keeps the answers (a redelivered removal finds its own) and facts not yet published. */
export type Tombstone = Omit<Stored<never>, 'body'> & { removedAt: string };

/**
 * A collection, declared once in code by its owner. `keys` are computed from the body on every put: a unique key
 * refuses a second holder, any key can be looked up with `find`. `upgrade[n]` turns a body of schema version n into n + 1.
 */
export type Collection<Body> = {
  name: string;
  schema: z.ZodType<Body>;
  schemaVersion: number;
  keys: Record<string, { unique?: boolean; of: (body: Body) => string | readonly string[] | null }>;
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

export type PutOutcome =
  | { ok: true; version: number }
  | { ok: false; reason: 'version' }
  | { ok: false; reason: 'unique'; key: string; value: string };

/**
 * One collection. A put is durable when it returns. Reads see the newest put of this and, on a shared store, every
 * other process. Bodies are validated against the schema when they are written and upgraded when they are read.
 */
export type Documents<Body> = {
  readonly collection: Collection<Body>;
  get(id: string): Promise<Stored<Body> | undefined>;
  tombstone(id: string): Promise<Tombstone | undefined>;
  /** Documents whose key `key` holds `value`, in id order. Throws on a key that is not declared. */
  find(key: string, value: string, page: { limit: number; after?: string | undefined }): Promise<Stored<Body>[]>;
  /** All documents in id order, after the id `after`. */
  list(page: { limit: number; after?: string | undefined }): Promise<Stored<Body>[]>;
  /** Conditional put: nothing is written unless the expected version is the stored one and unique keys are free. */
  put(put: Put<Body>): Promise<PutOutcome>;
  /** Conditional removal, leaving a tombstone whose id is never given out again. */
  remove(removal: Omit<Put<Body>, 'body'> & { at: string }): Promise<PutOutcome>;
  /** Documents and tombstones that hold unpublished facts, for the sweep. */
  findUnpublished(limit: number): Promise<Pick<Stored<Body>, 'id' | 'version' | 'unpublished'>[]>;
  /** Takes confirmed facts out of a document without raising its version: what it judges has not changed. */
  clearPublished(id: string, factIds: readonly string[]): Promise<void>;
  /** Forgets tombstones older than `before` that hold no unpublished fact; answers how many. */
  purgeTombstones(before: string): Promise<number>;
};

/** One write of a commit. A guard writes nothing but raises the version of a document that must still be as it was read. */
export type Write =
  | { kind: 'put'; documents: Documents<never>; put: Put<unknown> }
  | { kind: 'remove'; documents: Documents<never>; removal: Omit<Put<unknown>, 'body'> & { at: string } }
  | { kind: 'guard'; documents: Documents<never>; id: string; expectedVersion: number };

export type CommitOutcome = { ok: true; versions: number[] } | { ok: false; at: number; outcome: Exclude<PutOutcome, { ok: true }> };

/** A store of collections. sqlite and MongoDB pass one conformance suite (conformance.ts). */
export type DocumentStore = {
  /** Opens a collection and makes its indexes; idempotent. */
  open<Body>(collection: Collection<Body>): Promise<Documents<Body>>;
  /** All writes or none, in one transaction; `at` names the first write that was refused. */
  commit(writes: readonly Write[]): Promise<CommitOutcome>;
  /** Answers whether the store can be written now; for readiness. */
  ping(): Promise<void>;
  close(): Promise<void>;
};
