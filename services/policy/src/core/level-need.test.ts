import { expect, it } from 'vitest';
import { sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import { sampleVnicProfile } from '../testing/sample-vnic-profile.ts';
import { levelNeed } from './level-need.ts';

const PASSTHROUGH = 'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL';
const FAILOVER = 'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL';
const PROFILES = new Map(
  [
    sampleVnicProfile({ id: 'plain' }),
    sampleVnicProfile({ id: 'preferred', passThrough: 'preferred' }),
    sampleVnicProfile({ id: 'with-failover', passThrough: 'enabled', migratable: true, failoverId: 'plain' }),
  ].map((profile) => [profile.id, profile]),
);

const vm = sampleVm([
  sampleVnic(1, { profileId: 'plain' }),
  sampleVnic(2, { profileId: 'preferred' }),
  sampleVnic(3, { profileId: 'with-failover', interface: 'pci_passthrough' }),
  sampleVnic(4),
]);

it.each([
  [PASSTHROUGH, 'vm-1 (nic2, nic3)'],
  [FAILOVER, 'vm-1 (nic3)'],
] as const)('names the vNICs that need %s', (level, need) => {
  expect(levelNeed(vm, level, PROFILES)).toBe(need);
});

it('tells nothing of a VM whose vNICs need no level', () => {
  expect(
    levelNeed(sampleVm([sampleVnic(1, { profileId: 'plain' }), sampleVnic(2)]), PASSTHROUGH, PROFILES),
  ).toBeUndefined();
});
