import { describe, expect, it } from 'vitest';
import { decideEnrolment } from './decide-enrolment.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const enrolled = (command: string | null) => ({
  command,
  at: '2026-01-01T00:00:00.000Z',
  leaving: false,
  rights: 'r1',
});
const made = { ok: true, enrolled: { command: 'c1', at: NOW, leaving: false, rights: null } };

describe('credentials', () => {
  it.each([
    ['for the first time', undefined],
    ['after those of another command', enrolled('c0')],
    ['after a command that told none', enrolled(null)],
  ])('are made %s', (_when, before) => {
    expect(decideEnrolment(before, { command: 'c1', now: NOW })).toEqual(made);
  });

  it('are made once for a command', () => {
    expect(decideEnrolment(enrolled('c1'), { command: 'c1', now: NOW })).toMatchObject({
      ok: false,
      refusals: [{ code: 'ENROLMENT_TOLD_ONCE', detail: expect.stringContaining('2026-01-01') }],
    });
  });
});
