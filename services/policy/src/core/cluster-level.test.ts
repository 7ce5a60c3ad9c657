import { describe, expect, it } from 'vitest';
import { compareVersions, hasLevel, levelsNeeded } from './cluster-level.ts';

const PASSTHROUGH = 'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL';
const FAILOVER = 'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL';

describe('a cluster has a level from its version on, number by number', () => {
  it.each([
    ['3.5', false, false],
    ['3.6', true, false],
    ['3.10', true, false],
    ['4.5', true, false],
    ['4.6', true, true],
    ['4.10', true, true],
    ['10.0', true, true],
  ])('%s: passthrough %s, failover %s', (compatibilityVersion, passthrough, failover) => {
    expect(hasLevel({ compatibilityVersion }, PASSTHROUGH)).toBe(passthrough);
    expect(hasLevel({ compatibilityVersion }, FAILOVER)).toBe(failover);
  });

  it('and versions that are written otherwise are the same', () => expect(compareVersions('4.06', '4.6')).toBe(0));
});

describe('a vNIC needs', () => {
  const of = (passThrough: 'disabled' | 'enabled' | 'preferred', failoverId: string | null = null) => ({
    passThrough,
    failoverId,
  });
  it.each([
    ['nothing without a profile', 'virtio', null, []],
    ['nothing with a disabled one', 'e1000', of('disabled'), []],
    ['passthrough by its type', 'pci_passthrough', null, [PASSTHROUGH]],
    ['passthrough by a profile that prefers it', 'virtio', of('preferred'), [PASSTHROUGH]],
    ['both with a failover', 'pci_passthrough', of('enabled', 'f1'), [PASSTHROUGH, FAILOVER]],
  ] as const)('%s', (_, type, profile, needed) => {
    expect(levelsNeeded({ interface: type }, profile)).toEqual(needed);
  });
});
