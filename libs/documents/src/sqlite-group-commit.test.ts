import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { type GroupCommit, makeGroupCommit } from './sqlite-group-commit.ts';

let transactions: string[];
let insert: (value: number) => number;
let values: () => number[];
let group: GroupCommit;
let failsNext: string | undefined;

beforeEach(() => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE numbers (value INTEGER PRIMARY KEY) STRICT');
  const statement = database.prepare('INSERT INTO numbers VALUES (?)');
  insert = (value) => Number(statement.run(value).lastInsertRowid);
  values = () =>
    database
      .prepare('SELECT value FROM numbers ORDER BY value')
      .all()
      .map(({ value }) => Number(value));
  transactions = [];
  failsNext = undefined;
  const exec = database.exec.bind(database);
  database.exec = (sql) => {
    transactions.push(sql);
    if (sql === failsNext) throw new Error('disk full');
    exec(sql);
  };
  group = makeGroupCommit(database);
});

describe('works of one turn of the event loop', () => {
  it('share one transaction, and each gets its own answer', async () => {
    expect(await Promise.all([1, 2, 3].map((value) => group.run(() => insert(value))))).toEqual([1, 2, 3]);
    expect(transactions).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
    await group.run(() => insert(4));
    expect(transactions).toHaveLength(4);
  });

  it('do not share a failure: what one threw left nothing, the others are there', async () => {
    const outcomes = await Promise.allSettled([
      group.run(() => insert(1)),
      group.run(() => {
        insert(2);
        throw new Error('broken');
      }),
      group.run(() => insert(1)),
      group.run(() => insert(3)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(values()).toEqual([1, 3]);
  });

  it('all fail when their transaction cannot be made durable, and the next one is not harmed', async () => {
    failsNext = 'COMMIT';
    const outcomes = await Promise.allSettled([1, 2].map((value) => group.run(() => insert(value))));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(values()).toEqual([]);
    failsNext = undefined;
    await group.run(() => insert(1));
    expect(values()).toEqual([1]);
  });
});

describe('closing', () => {
  it('carries out what waits and takes nothing more', async () => {
    const waiting = group.run(() => insert(1));
    group.close();
    expect(values()).toEqual([1]);
    await waiting;
    await expect(group.run(() => insert(2))).rejects.toThrow(/closed/);
  });
});
