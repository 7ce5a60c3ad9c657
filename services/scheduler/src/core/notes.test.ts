import { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import { expect, it } from 'vitest';
import { after, passed, running, starting, stopAsked } from '../testing/advancing.ts';
import { notesOf } from './notes.ts';

it('an operation that ends is noted once, for who asked for it', () => {
  const now = after(starting, passed);
  const notes = notesOf(starting, now);
  expect(notes).toEqual([
    expect.objectContaining({
      action: 'startVm',
      target: '/api/vms/id-web',
      outcome: 'done',
      codes: [],
      actor: { kind: 'user', name: 'admin' },
    }),
  ]);
  expect(AuditNote.array().parse(notes)).toEqual(notes);
  expect(notesOf(now, { ...now, wakeAt: null })).toEqual([]);
});

it('one that was overtaken is noted with the reason', () => {
  expect(notesOf(starting, after(starting, stopAsked))).toMatchObject([
    {
      action: 'startVm',
      outcome: 'failed',
      codes: ['OPERATION_OVERTAKEN'],
      detail: expect.stringContaining('op-stop'),
    },
  ]);
});

it('a VM that ended by itself is noted, for nobody', () => {
  const now = after(running, { kind: 'vm-gone' });
  const [note] = notesOf(running, now);
  expect(note).toMatchObject({ action: 'vmDied', outcome: 'failed', codes: ['VM_DIED'] });
  expect(note?.actor).toBeUndefined();
  expect(notesOf(now, after(now, passed))).toEqual([]);
});
