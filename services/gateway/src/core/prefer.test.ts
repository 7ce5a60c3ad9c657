import { expect, it } from 'vitest';
import { preferredWait } from './prefer.ts';

it.each([
  { header: undefined, seconds: undefined },
  { header: '', seconds: undefined },
  { header: 'wait=0', seconds: 0 },
  { header: 'wait=30', seconds: 30 },
  { header: 'Wait = 30', seconds: 30 },
  { header: 'wait="30"', seconds: 30 },
  { header: 'respond-async, wait=10; strict, return=minimal', seconds: 10 },
  { header: 'wait=10, wait=20', seconds: 10 },
  { header: 'wait', seconds: undefined },
  { header: 'wait=', seconds: undefined },
  { header: 'wait=-1', seconds: undefined },
  { header: 'wait=1.5', seconds: undefined },
  { header: 'wait=soon', seconds: undefined },
  { header: 'wait=99999999999999', seconds: undefined },
  { header: 'return=minimal', seconds: undefined },
])('$header asks to wait $seconds seconds', ({ header, seconds }) => {
  expect(preferredWait(header)).toBe(seconds);
});
