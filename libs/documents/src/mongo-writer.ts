import type { ClientSession, Collection as MongoCollection } from 'mongodb';
import type { Collection, Put, PutOutcome, Removal } from './documents.ts';
import { type Held, heldDocument, heldTombstone, withBody } from './mongo-form.ts';
import { isDuplicate } from './mongo-indexes.ts';

/** How often a put is tried again whose duplicate could not be found: its holder was just let go of. */
const ATTEMPTS = 10;

type Step = (session: ClientSession) => Promise<PutOutcome>;

/** `put` and `remove` are one conditional write each; the others are the steps of a transaction, made ready before it. */
export type MongoWriter = {
  put(put: Put<unknown>): Promise<PutOutcome>;
  remove(removal: Removal): Promise<PutOutcome>;
  putStep(put: Put<unknown>): Step;
  removeStep(removal: Removal): Step;
  guardStep(id: string, bodyVersion: number): Step;
};

const STALE: PutOutcome = { ok: false, reason: 'version' };

export function makeWriter<Body>(collection: Collection<Body>, documents: MongoCollection<Held>): MongoWriter {
  const uniqueKeys = Object.keys(collection.keys).filter((key) => collection.keys[key]?.unique);

  async function write(document: Held, session?: ClientSession): Promise<PutOutcome> {
    const { _id, ...fields } = document;
    const options = session ? { session } : {};
    const version = document.version - 1;
    if (version === 0 && document.removedAt !== undefined) return STALE;
    if (version === 0) await documents.insertOne(document, options);
    else {
      const stillThere = { _id, version, removedAt: { $exists: false } };
      const { matchedCount } = await documents.replaceOne(stillThere, fields, options);
      if (matchedCount === 0) return STALE;
    }
    return { ok: true, version: document.version };
  }

  /** Servers differ in what they tell of a duplicate, so the key that is held is looked for. */
  async function heldKey({ _id, keys }: Held, session?: ClientSession): Promise<PutOutcome | undefined> {
    for (const key of uniqueKeys) {
      const values = keys[key];
      if (!values) continue;
      const others = { _id: { $ne: _id }, [`keys.${key}`]: { $in: values } };
      const holder = await documents.findOne(others, { projection: { keys: 1 }, ...(session ? { session } : {}) });
      const value = holder && values.find((each) => holder.keys[key]?.includes(each));
      if (value !== null && value !== undefined)
        return { ok: false, reason: 'unique', key, value, holder: holder?._id ?? '' };
    }
    return undefined;
  }

  async function put(write_: Put<unknown>): Promise<PutOutcome> {
    const document = heldDocument(collection, write_);
    for (let attempt = 1; ; attempt++) {
      try {
        return await write(document);
      } catch (problem) {
        if (!isDuplicate(problem)) throw problem;
        const isThere = write_.expectedVersion === 0 && (await documents.findOne({ _id: document._id }));
        if (isThere) return STALE;
        const held = await heldKey(document);
        if (held) return held;
        if (attempt === ATTEMPTS) throw problem;
      }
    }
  }

  function putStep(write_: Put<unknown>): Step {
    const document = heldDocument(collection, write_);
    return async (session) => {
      const read = await documents.findOne(
        { _id: document._id },
        { session, projection: { version: 1, removedAt: 1 } },
      );
      if ((read?.version ?? 0) !== write_.expectedVersion || read?.removedAt !== undefined) return STALE;
      return (await heldKey(document, session)) ?? (await write(document, session));
    };
  }

  return {
    put,
    putStep,
    remove: (removal) => write(heldTombstone(collection, removal)),
    removeStep: (removal) => {
      const document = heldTombstone(collection, removal);
      return (session) => write(document, session);
    },
    guardStep: (_id, bodyVersion) => async (session) => {
      const raised = await documents.findOneAndUpdate(
        { _id, ...withBody(bodyVersion), removedAt: { $exists: false } },
        { $inc: { version: 1 }, $set: { bodyVersion } },
        { session, returnDocument: 'after', projection: { version: 1 } },
      );
      return raised ? { ok: true, version: raised.version } : STALE;
    },
  };
}
