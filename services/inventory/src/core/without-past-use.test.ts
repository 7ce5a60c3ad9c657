import { vfReason } from '@vfleet/contracts/vocabulary/vf-in-use';
import { expect, it } from 'vitest';
import { claimed, sampleConfig, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import type { Ledger } from './ledger.ts';
import { vfUse } from './vf-use.ts';
import { withoutPastUse } from './without-past-use.ts';

const VF = '0000:41:10.2';
const DOMAIN = { name: 'vm-1', placementId: 'p1', attempt: 1, vfs: [{ pciAddress: VF, vnicId: 'n1' }] };

it.each<[string, Parameters<typeof vfReason>[0][], { free: boolean; inUse: boolean }]>([
  ['open through vfio', ['VFIO_OPEN', 'NO_NETDEV'], { free: true, inUse: false }],
  ['in a bridge too', ['VFIO_OPEN', 'BRIDGE'], { free: false, inUse: true }],
  ['in a shared group', ['VFIO_OPEN', 'SHARED_IOMMU_GROUP'], { free: false, inUse: false }],
])('a VF that was last seen %s is judged by what is left', (_, codes, expected) => {
  const { ledger, claims } = held(codes, 'v1');
  const after = withoutPastUse({ ...ledger, claims: [] }, claims);
  const config = after.vfsConfigs[0];
  const vf = config?.vfs.find(({ pciAddress }) => pciAddress === VF);
  expect(config && vf && vfUse(after, config, vf)).toMatchObject(expected);
});

it('leaves a domain of another virtual machine, and one that is not ours, where they are', () => {
  for (const vmId of ['v2', null]) {
    const { ledger, claims } = held([], vmId);
    expect(withoutPastUse({ ...ledger, claims: [] }, claims).domains).toEqual(ledger.domains);
  }
});

it('changes nothing when no claim has gone', () => {
  const { ledger } = held(['VFIO_OPEN'], 'v1');
  expect(withoutPastUse(ledger, [])).toBe(ledger);
});

function held(
  codes: Parameters<typeof vfReason>[0][],
  vmId: string | null,
): { ledger: Ledger; claims: Ledger['claims'] } {
  const vfs = [0, 1].map((index) => sampleVf(index, { reasons: codes.map((code) => vfReason(code)), inUse: true }));
  const origin = { boot: 1, sequence: 1, machineBoot: 'm1', takenAt: '2026-01-01T00:00:00.000Z' };
  const domains = { ...origin, uncleaned: [], domains: [{ ...DOMAIN, vmId }] };
  const ledger = claimed({ ...sampleLedger(), vfsConfigs: [sampleConfig({ vfs })], domains });
  return { ledger, claims: ledger.claims };
}
