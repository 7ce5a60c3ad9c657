import { describe, expect, it } from 'vitest';
import { tapCount } from './tap-count.ts';

const END = '# tests 9\n# suites 2\n# pass 4\n# fail 1\n# cancelled 2\n# skipped 1\n# todo 0\n# duration_ms 12\n';

describe('the count of a TAP report', () => {
  it('takes what was cancelled, as by a failed preparation, for failed', () => {
    expect(tapCount(`TAP version 13\nok 1 - one\n${END}`)).toEqual({ passed: 4, failed: 3, skipped: 1 });
  });

  it('is not taken from what a test prints', () => {
    expect(tapCount(`# Subtest: # pass 7\n    # pass 8\n${END}`)?.passed).toBe(4);
  });

  it.each(['', 'TAP version 13\nok 1 - one\n', '# pass 4\n'])('is none of a suite that died: %j', (report) => {
    expect(tapCount(report)).toBeUndefined();
  });
});
