import { expect, it } from 'vitest';
import { running, starting } from '../testing/advancing.ts';
import { downPlacement } from '../testing/sample-run.ts';
import type { Placement } from './placement.ts';
import { refuseOperation } from './refuse-operation.ts';

const VM = { name: 'web' };
const ending: Placement = { ...running, state: 'releasing', at: null };

it.each<[string, Placement | undefined, Parameters<typeof refuseOperation>[1], string[]]>([
  ['a start of one that never ran', undefined, 'start', []],
  ['a start of one that is down', downPlacement(), 'start', []],
  ['a start of one that runs', running, 'start', ['VM_IS_RUNNING']],
  ['a start of one that is started', starting, 'start', ['VM_IS_BUSY']],
  ['a start of one whose last run is being ended', ending, 'start', ['VM_IS_BUSY']],
  ['a plug of one that is down', downPlacement(), 'plug', []],
  ['a plug of one that is started', starting, 'plug', ['VM_IS_BUSY']],
  ['a migration of one that is down', undefined, 'migrate', ['VM_IS_NOT_RUNNING']],
  ['a migration of one that runs', running, 'migrate', []],
  ['an upgrade of one that is down', downPlacement(), 'upgrade', ['VM_IS_NOT_RUNNING']],
])('%s', (_, placement, kind, codes) => {
  expect(refuseOperation(placement, kind, VM).map(({ code }) => code)).toEqual(codes);
});

it('who is refused is told what is under way', () => {
  expect(refuseOperation(starting, 'start', VM)[0]?.detail).toContain('op-start');
  expect(refuseOperation(ending, 'start', VM)[0]?.detail).toContain('being ended');
});
