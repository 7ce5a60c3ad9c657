import type { Db, Filter, Collection as MongoCollection } from 'mongodb';
import type { Collection, Documents, PageOf } from './documents.ts';
import { makeClears } from './mongo-clears.ts';
import { factsOf, type Held, placeOf, storedOf, tombstoneOf } from './mongo-form.ts';
import { makeIndexes } from './mongo-indexes.ts';
import { type MongoWriter, makeWriter } from './mongo-writer.ts';
import { prefixEnd } from './prefix-end.ts';
import { checkCollection, checkId, checkKey, checkSortedKey, isText } from './stored-form.ts';

/** Opens one collection of a MongoDB database; makes it and its indexes when they are not there. */
export async function openMongoDocuments<Body>(
  collection: Collection<Body>,
  database: Db,
): Promise<{ documents: Documents<Body>; writer: MongoWriter }> {
  checkCollection(collection);
  const held: MongoCollection<Held> = database.collection<Held>(collection.name);
  await makeIndexes(collection, held);
  const writer = makeWriter(collection, held);
  const read = async (id: string) => held.findOne({ _id: checkId(collection, id) });
  const page = (filter: Filter<Held>, { limit, after }: PageOf) =>
    held
      .find({ ...filter, ...(after === undefined ? {} : { _id: { $gt: after } }) })
      .sort({ _id: 1 })
      .limit(limit);

  const documents: Documents<Body> = {
    collection,
    get: async (id) => {
      const document = await read(id);
      return document && document.removedAt === undefined ? storedOf(collection, document) : undefined;
    },
    tombstone: async (id) => {
      const document = await read(id);
      return document?.removedAt === undefined ? undefined : tombstoneOf(document, document.removedAt);
    },
    find: async (key, value, at) => {
      checkKey(collection, key);
      const found = await page({ [`keys.${key}`]: value }, at).toArray();
      return found.map((document) => storedOf(collection, document));
    },
    search: async (key, prefix, { limit, after }) => {
      checkSortedKey(collection, key);
      if (!isText(prefix)) return [];
      const place = `places.${key}`;
      const end = prefixEnd(prefix);
      const range = {
        $gte: prefix,
        ...(end === undefined ? {} : { $lt: end }),
        ...(after ? { $gt: placeOf(after) } : {}),
      };
      const found = await held
        .find({ [place]: range })
        .sort({ [place]: 1 })
        .limit(limit)
        .toArray();
      return found.map((document) => ({
        value: document.keys[key]?.[0] ?? '',
        document: storedOf(collection, document),
      }));
    },
    list: async (at) => {
      const found = await page({ removedAt: { $exists: false } }, at).toArray();
      return found.map((document) => storedOf(collection, document));
    },
    put: (put) => writer.put(put),
    remove: async (removal) => writer.remove(removal),
    findUnpublished: async (limit, after) => {
      const found = await page({ pending: true }, { limit, after })
        .project<Held>({ version: 1, unpublished: 1 })
        .toArray();
      return found.map((document) => ({ id: document._id, version: document.version, unpublished: factsOf(document) }));
    },
    clearPublished: makeClears(held),
    purgeTombstones: async (before) => {
      const { deletedCount } = await held.deleteMany({ removedAt: { $lt: before }, pending: { $exists: false } });
      return deletedCount;
    },
  };
  return { documents, writer };
}
