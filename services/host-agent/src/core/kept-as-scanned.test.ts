import type { Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { expect, it } from 'vitest';
import { keptAsScanned } from './kept-as-scanned.ts';
import type { KeptPf } from './pf-report.ts';

const settled = (generation: number, result: 'applied' | 'failed' = 'applied'): Settlement => {
  const failure = { code: 'EIO', cause: 'c', remedy: 'r' };
  const outcome = result === 'applied' ? { result } : { result, failure };
  return { vfsConfigId: 'c1', generation, wanted: 7, wantedMtu: null, outcome, existing: 7 };
};
const kept = (change: Partial<KeptPf> = {}): KeptPf => ({
  ...{ pciAddress: '0000:05:00.0', persisted: 4, persistedMtu: null, identity: null, settlement: settled(3) },
  ...{ changing: null, stuck: null, unsupported: null, problem: null },
  ...change,
});
const UNDER_WAY = { generation: 4, from: 4, to: 7 };

it.each<[string, KeptPf | undefined, KeptPf, Pick<KeptPf, 'settlement' | 'changing'>]>([
  ['nothing happened', kept(), kept(), { settlement: settled(3), changing: null }],
  ['a PF was seen for the first time', undefined, kept(), { settlement: settled(3), changing: null }],
  ['a change began', kept(), kept({ changing: UNDER_WAY }), { settlement: settled(3), changing: UNDER_WAY }],
  [
    'a change ended',
    kept({ changing: UNDER_WAY }),
    kept({ settlement: settled(4), persisted: 7 }),
    { settlement: null, changing: UNDER_WAY },
  ],
  [
    'a change began and ended',
    kept({ settlement: null }),
    kept({ settlement: settled(4), persisted: 7 }),
    { settlement: null, changing: UNDER_WAY },
  ],
  [
    'an applied change was taken back',
    kept({ settlement: settled(4) }),
    kept({ settlement: settled(4, 'failed') }),
    { settlement: null, changing: UNDER_WAY },
  ],
])('while a host was scanned: %s', (_, before, after, told) => {
  expect(keptAsScanned(before, after)).toEqual({ ...after, ...told });
});
