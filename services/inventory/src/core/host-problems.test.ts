import type { Platform } from '@vfleet/contracts/vocabulary/host-report';
import { describe, expect, it } from 'vitest';
import { sampleLedger } from '../testing/sample-ledger.ts';
import { hostProblems } from './host-problems.ts';
import type { Ledger } from './ledger.ts';

const REPORT = { boot: 1, sequence: 1, digest: 'd', takenAt: '2026-01-01', iommu: true, listingDigest: 'd' };
const PLATFORM: Platform = {
  kernel: '6.12.0',
  interruptRemapping: true,
  unsafeInterruptsAllowed: false,
  brokenChipset: null,
  hypervisor: 'libvirt 11.3.0',
};
const CHIPSET = 'Intel 5520 [8086:3406] rev 13';

type Row = [given: string, platform: Partial<Platform> | null, iommu: boolean | null, codes: string[]];

const ROWS: Row[] = [
  ['all is there', {}, true, []],
  ['the IOMMU is off', {}, false, ['IOMMU_OFF']],
  ['the IOMMU is off, and with it the remapping', { interruptRemapping: false }, false, ['IOMMU_OFF']],
  ['nobody tells of the IOMMU', {}, null, []],
  ['no interrupt remapping', { interruptRemapping: false }, true, ['NO_INTERRUPT_REMAPPING']],
  ['nobody tells of the remapping', { interruptRemapping: null }, true, []],
  ['none, and allowed so', { interruptRemapping: false, unsafeInterruptsAllowed: true }, true, []],
  ['a broken chipset', { brokenChipset: CHIPSET, interruptRemapping: false }, true, ['BROKEN_INTERRUPT_REMAPPING']],
  ['a broken chipset, and allowed so', { brokenChipset: CHIPSET, unsafeInterruptsAllowed: true }, true, []],
  ['no hypervisor', { hypervisor: null }, true, ['NO_HYPERVISOR']],
  [
    'several at once',
    { hypervisor: null, interruptRemapping: false },
    true,
    ['NO_INTERRUPT_REMAPPING', 'NO_HYPERVISOR'],
  ],
  ['an agent that tells nothing of it', null, true, ['AGENT_TOO_OLD']],
];

describe('what a machine lacks', () => {
  it.each(ROWS)('%s', (_, platform, iommu, codes) => {
    const problems = hostProblems(machine(platform, { ...REPORT, iommu }));
    expect(problems.map(({ code }) => code)).toEqual(codes);
    expect(problems.every(({ text, remedy }) => text !== '' && remedy !== '')).toBe(true);
  });

  it('every code is given by one of these rows', () => {
    expect(new Set(ROWS.flatMap(([, , , codes]) => codes)).size).toBe(5);
  });

  it('is not judged before it has reported', () => {
    expect(hostProblems(machine(null, null))).toEqual([]);
  });

  it('names the chipset, and what allowing it means', () => {
    const [problem] = hostProblems(machine({ brokenChipset: CHIPSET }, REPORT));
    expect(problem?.text).toContain(CHIPSET);
    expect(problem?.remedy).toMatch(/allow_unsafe_interrupts=1.*guests that are trusted/);
  });
});

function machine(platform: Partial<Platform> | null, report: Ledger['report']): Ledger {
  return { ...sampleLedger(), report, platform: platform && { ...PLATFORM, ...platform } };
}
