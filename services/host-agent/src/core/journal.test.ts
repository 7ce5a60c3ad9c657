import { expect, it } from 'vitest';
import { beginJournal, type Journal } from './journal.ts';

const wanted = { vfsConfigId: 'c1', pciAddress: '0000:05:00.1', generation: 6, numOfVfs: 3 };
const startedAt = '2026-01-01T00:00:00.000Z';

it.each([
  { name: 'a managed PF', existing: 4, persisted: 4, lastKnownGood: 4, persistedBefore: 4 },
  { name: 'a PF whose VFs were lost', existing: 0, persisted: 4, lastKnownGood: 4, persistedBefore: 4 },
  { name: 'an unmanaged PF', existing: 2, persisted: null, lastKnownGood: 2, persistedBefore: null },
  { name: 'a PF set to 0', existing: 5, persisted: 0, lastKnownGood: 0, persistedBefore: 0 },
])('the way back of $name', ({ existing, persisted, lastKnownGood, persistedBefore }) => {
  const journal = beginJournal({ wanted, existing, persisted, open: null, startedAt });
  expect(journal).toMatchObject({ from: existing, to: 3, lastKnownGood, persistedBefore, fallingBack: null });
});

it('keeps the way back of the change it follows', () => {
  const open: Journal = {
    ...beginJournal({
      wanted: { ...wanted, generation: 5, numOfVfs: 7 },
      existing: 4,
      persisted: 4,
      open: null,
      startedAt,
    }),
    fallingBack: { code: 'ENOSPC', cause: '', remedy: '' },
  };
  const journal = beginJournal({ wanted, existing: 0, persisted: 7, open, startedAt });
  expect(journal).toMatchObject({
    generation: 6,
    from: 0,
    to: 3,
    lastKnownGood: 4,
    persistedBefore: 4,
    fallingBack: null,
  });
});
