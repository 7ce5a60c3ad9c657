import type { AnyBulkWriteOperation, Collection as MongoCollection } from 'mongodb';
import type { Held } from './mongo-form.ts';

type Waiting = { operation: AnyBulkWriteOperation<Held>; done: () => void; failed: (problem: unknown) => void };

/**
 * Takes published facts out of documents; calls of one turn of the event loop share one write. Each is one atomic
 * update, so a put beside it is not lost, and touches neither version nor body.
 */
export function makeClears(
  documents: MongoCollection<Held>,
): (id: string, factIds: readonly string[]) => Promise<void> {
  let waiting: Waiting[] = [];

  async function flush(): Promise<void> {
    const group = waiting;
    waiting = [];
    try {
      await documents.bulkWrite(
        group.map(({ operation }) => operation),
        { ordered: false },
      );
      for (const { done } of group) done();
    } catch (problem) {
      for (const { failed } of group) failed(problem);
    }
  }

  return (id, factIds) =>
    new Promise((done, failed) => {
      if (waiting.length === 0) setImmediate(() => void flush());
      waiting.push({ operation: clearing(id, factIds), done, failed });
    });
}

/** `$literal`, for an id may begin with a dollar; `pending` goes with the last fact. */
function clearing(id: string, factIds: readonly string[]): AnyBulkWriteOperation<Held> {
  const isLeft = { $not: [{ $in: ['$$fact.id', { $literal: [...factIds] }] }] };
  const left = { $filter: { input: '$unpublished', as: 'fact', cond: isLeft } };
  const pending = { $cond: [{ $eq: [{ $size: '$unpublished' }, 0] }, '$$REMOVE', true] };
  return { updateOne: { filter: { _id: id }, update: [{ $set: { unpublished: left } }, { $set: { pending } }] } };
}
