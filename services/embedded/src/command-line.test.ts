import { expect, it } from 'vitest';
import { readCommandLine, USAGE } from './command-line.ts';

it.each([
  [[], { thisHost: false }],
  [['--this-host'], { thisHost: true }],
  [['--this-host', '--help'], { help: USAGE }],
])('%j asks for %j', (args, asked) => {
  expect(readCommandLine(args)).toEqual(asked);
});

it.each([[['--this-hots']], [['--this-host=yes']], [['this-host']]])('%j is refused with the usage', (args) => {
  expect(() => readCommandLine(args)).toThrow(/--this-host {3}manage/);
});
