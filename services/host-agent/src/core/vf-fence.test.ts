import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenFences, cleanedFence, type Fence, fenceToPrepare, mayFollow, type VfBefore } from './vf-fence.ts';

const VF = '0000:05:10.0';
const claim = (fence: number) => ({ claimId: `k${fence}`, pciAddress: VF, fence });
const seen: VfBefore = {
  driver: 'igbvf',
  settings: {
    ...{ mac: '02:00:00:00:00:01', vlanId: 0, vlanQos: 0, vlanProtocol: null },
    ...{ spoofCheck: true, trust: false, linkState: 'auto', minTxRate: 0, maxTxRate: 0 },
  },
};
const touched: VfBefore = { driver: 'vfio-pci', settings: { ...seen.settings, mac: '52:54:00:00:00:01', vlanId: 100 } };
const HOLDER = { vm: { id: 'v1', name: 'vm-1' }, vnic: { id: 'n1', name: 'nic1' } };
const prepared = (fence: number, more: Partial<Fence> = {}): Fence => ({
  ...{ fence, claimId: `k${fence}`, cleaned: false, before: seen, machineBoot: 'boot-1', holder: HOLDER },
  ...more,
});

describe('a claim of a VF', () => {
  it.each([
    { given: 'nothing kept', kept: null, fence: 1, floor: 0, expected: [] },
    { given: 'its own fence, prepared', kept: prepared(5), fence: 5, floor: 0, expected: [] },
    { given: 'an earlier fence, cleaned', kept: cleanedFence(claim(4), 'boot-1'), fence: 5, floor: 4, expected: [] },
    { given: 'an earlier fence, never cleaned', kept: prepared(4), fence: 5, floor: 0, expected: [] },
    { given: 'a later fence', kept: prepared(6), fence: 5, floor: 0, expected: ['fence-outdated'] },
    {
      given: 'a later fence, cleaned',
      kept: cleanedFence(claim(6), 'b'),
      fence: 5,
      floor: 0,
      expected: ['fence-outdated'],
    },
    {
      given: 'its own fence, cleaned',
      kept: cleanedFence(claim(5), 'b'),
      fence: 5,
      floor: 0,
      expected: ['fence-cleaned'],
    },
    { given: 'the floor at it', kept: null, fence: 5, floor: 5, expected: ['fence-below-floor'] },
    {
      given: 'a later fence, and the floor above',
      ...{ kept: prepared(9), fence: 5, floor: 7, expected: ['fence-outdated', 'fence-below-floor'] },
    },
  ])('with $given is told of $expected', ({ kept, fence, floor, expected }) => {
    expect(brokenFences(claim(fence), kept, floor).map(({ kind }) => kind)).toEqual(expected);
  });
});

describe('what is kept before a VF is touched', () => {
  it.each([
    { given: 'nothing was kept', kept: null, before: seen },
    { given: 'it was cleaned before', kept: cleanedFence(claim(4), 'boot-1'), before: seen },
    { given: 'it is prepared with this fence already', kept: prepared(5), before: seen },
    { given: 'an earlier claim was never cleaned', kept: prepared(4), before: seen },
    { given: 'an earlier claim was of another boot', kept: prepared(4, { machineBoot: 'boot-0' }), before: touched },
  ])('is how it was before anybody touched it, when $given', ({ kept, before }) => {
    const found = kept?.cleaned === false ? touched : seen;
    expect(fenceToPrepare(claim(5), kept, { seen: found, machineBoot: 'boot-1', holder: HOLDER })).toEqual({
      ...{ fence: 5, claimId: 'k5', cleaned: false, machineBoot: 'boot-1', holder: HOLDER },
      before,
    });
  });
});

it('may be followed only by a higher fence, or by its own cleaning', () => {
  const some = fc.record({ fence: fc.integer({ min: 1, max: 3 }), cleaned: fc.boolean() });
  fc.assert(
    fc.property(some, some, (kept, next) => {
      const isHigher = next.fence > kept.fence;
      const isSame = next.fence === kept.fence && (next.cleaned || !kept.cleaned);
      expect(mayFollow(next, prepared(kept.fence, kept))).toBe(isHigher || isSame);
      expect(mayFollow(next, null)).toBe(true);
    }),
  );
});
