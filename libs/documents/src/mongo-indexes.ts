import type { Collection as MongoCollection } from 'mongodb';
import type { Collection } from './documents.ts';
import { type Held, heldKeys, storedOf, withBody } from './mongo-form.ts';

const KEY_INDEX = 'key-';

/**
 * Makes the indexes of a collection, takes away those of keys it no longer declares, and computes the keys of documents
 * that an older schema version wrote; their bodies stay until the next put. Throws when two documents hold a unique key.
 */
export async function makeIndexes<Body>(collection: Collection<Body>, documents: MongoCollection<Held>): Promise<void> {
  await documents.createIndex({ pending: 1, _id: 1 }, { name: 'pending', partialFilterExpression: { pending: true } });
  await documents.createIndex({ removedAt: 1 }, { name: 'removed', sparse: true });
  await documents.createIndex({ keysVersion: 1 }, { name: 'keys-version' });
  const names: string[] = [];
  for (const [key, { unique = false, sorted = false }] of Object.entries(collection.keys)) {
    names.push(await makeKeyIndex(collection, documents, { key, unique }));
    if (sorted) names.push(await makeSortedIndex(documents, key));
  }
  for (const { name } of await documents.listIndexes().toArray()) {
    if (name.startsWith(KEY_INDEX) && !names.includes(name)) await documents.dropIndex(name);
  }
  await computeOldKeys(collection, documents);
}

/** Whether an error is a refusal of a unique index, the one on `_id` included. */
export function isDuplicate(problem: unknown): problem is Error {
  return problem instanceof Error && 'code' in problem && problem.code === 11000;
}

async function makeKeyIndex<Body>(
  { name: collection }: Collection<Body>,
  documents: MongoCollection<Held>,
  { key, unique }: { key: string; unique: boolean },
): Promise<string> {
  const field = `keys.${key}`;
  const name = `${KEY_INDEX}${unique ? 'unique-' : ''}${key}`;
  if (!unique) return documents.createIndex({ [field]: 1, _id: 1 }, { name });
  try {
    return await documents.createIndex({ [field]: 1 }, { name, unique, sparse: true });
  } catch (problem) {
    const shared = await sharedValue(documents, field);
    if (!shared) throw problem;
    const { value, holders } = shared;
    throw new Error(`${collection}: ${holders} both hold ${key} ${value}, which is unique`, { cause: problem });
  }
}

function makeSortedIndex(documents: MongoCollection<Held>, key: string): Promise<string> {
  return documents.createIndex({ [`places.${key}`]: 1 }, { name: `${KEY_INDEX}sorted-${key}`, sparse: true });
}

async function sharedValue(
  documents: MongoCollection<Held>,
  field: string,
): Promise<{ value: string; holders: string } | undefined> {
  const [shared] = await documents
    .aggregate<{ _id: string; ids: string[] }>([
      { $unwind: `$${field}` },
      { $group: { _id: `$${field}`, ids: { $push: '$_id' }, count: { $sum: 1 } } },
      { $match: { count: { $gt: 1 } } },
      { $limit: 1 },
    ])
    .toArray();
  return shared && { value: shared._id, holders: shared.ids.slice(0, 2).join(' and ') };
}

/** A document put by another process meanwhile keeps the keys that process gave it. */
async function computeOldKeys<Body>(collection: Collection<Body>, documents: MongoCollection<Held>): Promise<void> {
  const { name, schemaVersion: keysVersion } = collection;
  for await (const document of documents.find({ keysVersion: { $lt: keysVersion }, removedAt: { $exists: false } })) {
    const { _id, version, bodyVersion = version } = document;
    const computed = heldKeys(collection, _id, storedOf(collection, document).body);
    try {
      await documents.updateOne({ _id, ...withBody(bodyVersion) }, { $set: { ...computed, keysVersion } });
    } catch (problem) {
      if (!isDuplicate(problem)) throw problem;
      throw new Error(`${name}: ${_id} and another document hold one unique key: ${JSON.stringify(computed.keys)}`, {
        cause: problem,
      });
    }
  }
}
