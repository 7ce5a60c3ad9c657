import type { Ending } from '../servers/own-process.ts';

/** Tests of a step. `skipped` names each with its reason, so that none can hide in a number. */
export type Counts = { passed: number; failed: number; skipped: string[] };

/** A script says with this exit status that it could not run here; the last line it prints is the reason. */
const SKIP_STATUS = 77;

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { assertionResults: { fullName: string; status: string }[] }[];
};

const COUNT_LINE = /^(\d+) passed, (\d+) failed, (\d+) skipped$/;

/**
 * Counts the tests of a finished step: from vitest's JSON report when there is one, else from a last line of the form
 * `3 passed, 0 failed, 1 skipped`, else the step is one test. A bad end without a failed test is itself a failed test.
 */
export function countTests({
  ending,
  output,
  vitestReport,
}: {
  ending: Ending;
  output: string;
  vitestReport?: string | undefined;
}): Counts {
  const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
  if (ending === SKIP_STATUS) return { passed: 0, failed: 0, skipped: [lastLine] };
  const counts = vitestReport ? fromVitest(vitestReport) : fromLine(lastLine);
  if (!counts) return ending === 0 ? { passed: 1, failed: 0, skipped: [] } : { passed: 0, failed: 1, skipped: [] };
  return ending !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function fromVitest(report: string): Counts {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(report) as VitestReport;
  const skipped = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => fullName);
  return { passed: numPassedTests, failed: numFailedTests, skipped };
}

function fromLine(line: string): Counts | undefined {
  const match = COUNT_LINE.exec(line);
  if (!match) return undefined;
  const [passed = 0, failed = 0, skipped = 0] = match.slice(1).map(Number);
  return { passed, failed, skipped: Array.from({ length: skipped }, () => 'named in the log of the step') };
}
