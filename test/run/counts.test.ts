import { describe, expect, it } from 'vitest';
import { countTests } from './counts.ts';

const report = (failed: number) =>
  JSON.stringify({
    numPassedTests: 2,
    numFailedTests: failed,
    testResults: [
      {
        assertionResults: [
          { fullName: 'a', status: 'passed' },
          { fullName: 'b', status: 'passed' },
        ],
      },
      { assertionResults: [{ fullName: 'c > d', status: 'pending' }] },
    ],
  });

describe('countTests', () => {
  it.each([
    ['a command that ends well is one test', 0, 'fine\n', undefined, [1, 0, []]],
    ['a command that ends badly is one failed test', 2, 'broken\n', undefined, [0, 1, []]],
    ['a command that a signal ended is one failed test', 'SIGKILL', '', undefined, [0, 1, []]],
    ['a script may count itself', 0, 'log\n7 passed, 0 failed, 0 skipped\n', undefined, [7, 0, []]],
    [
      'a script that counts no failure but ends badly failed',
      1,
      '7 passed, 0 failed, 0 skipped',
      undefined,
      [7, 1, []],
    ],
    ['a count that is not the last line is none', 0, '7 passed, 0 failed, 0 skipped\nmore', undefined, [1, 0, []]],
    [
      'status 77 is a skip with its reason',
      77,
      'log\nno mirror of Debian answers\n',
      undefined,
      [0, 0, ['no mirror of Debian answers']],
    ],
    ["vitest's report names what was skipped", 0, '', report(0), [2, 0, ['c > d']]],
    ["vitest's report counts failures", 1, '', report(3), [2, 3, ['c > d']]],
    ['vitest that fails outside of a test failed', 1, 'unhandled', report(0), [2, 1, ['c > d']]],
  ] as const)('%s', (_what, ending, output, vitestReport, [passed, failed, skipped]) => {
    expect(countTests({ ending, output, vitestReport })).toEqual({ passed, failed, skipped });
  });
});
