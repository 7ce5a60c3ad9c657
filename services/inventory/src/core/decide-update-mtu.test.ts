import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { desired } from '../testing/sample-desired.ts';
import { claimed, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import { decideUpdateVfsConfig } from './decide-update-vfs-config.ts';
import type { Ledger } from './ledger.ts';

const vfs = (count: number) => Array.from({ length: count }, (_, index) => sampleVf(index));

describe('the MTU of the PF', () => {
  const inForce = { vfs: vfs(2), desired: desired(2, 'applied', 9000), appliedMtu: 9000, appliedNumOfVfs: 2 };
  const withMtu = (ledger: Ledger, mtu: number): Ledger => ({
    ...ledger,
    nics: ledger.nics.map((nic) => (nic.vfsConfigId === null ? nic : { ...nic, mtu })),
  });
  const wants = (ledger: Ledger, wanted: object) => {
    const decision = decideUpdateVfsConfig(
      ledger,
      { nic: 'ens11', vfsConfig: 'vfsConfig', ...wanted },
      { known: knownNetworks([]), hash: (text) => text },
    );
    return decision.ok
      ? { change: decision.change, want: decision.config.desired.want }
      : decision.refusals.map(({ code }) => code);
  };
  const generation = (numOfVfs: number, mtu: number | null) => ({
    change: 'generation',
    want: { numOfVfs, mtu, allNetworksAllowed: null },
  });

  it.each<[string, Ledger, object, object]>([
    ['makes an unmanaged PF managed, as it is', sampleLedger({ vfs: vfs(2) }), { mtu: 9000 }, generation(2, 9000)],
    [
      'leaves the wanted number as it is',
      sampleLedger({ desired: desired(4, 'applied') }),
      { mtu: 9000 },
      generation(4, 9000),
    ],
    ['stays wanted when a number is set', withMtu(sampleLedger(inForce), 9000), { numOfVfs: 4 }, generation(4, 9000)],
    [
      'stays as the host keeps it in a new ledger',
      sampleLedger({ appliedMtu: 9000 }),
      { numOfVfs: 4 },
      generation(4, 9000),
    ],
    ['is left alone again', withMtu(sampleLedger(inForce), 9000), { mtu: null }, generation(2, null)],
    ['is set again when it was lowered', withMtu(sampleLedger(inForce), 1500), { mtu: 9000 }, generation(2, 9000)],
  ])('%s', (_, ledger, wanted, expected) => expect(wants(ledger, wanted)).toEqual(expected));

  it.each<[string, Ledger, object]>([
    ['is in force', withMtu(sampleLedger(inForce), 9000), { mtu: 9000 }],
    ['F34: was raised since', withMtu(sampleLedger(inForce), 9216), { numOfVfs: 2, mtu: 9000 }],
    ['was left alone already', sampleLedger({ vfs: vfs(2) }), { mtu: null }],
  ])('changes nothing when it %s', (_, ledger, wanted) => {
    expect(wants(ledger, wanted)).toMatchObject({ change: 'none' });
  });

  it('that the PF has may be kept while a VF is in use', () => {
    const ledger = claimed(sampleLedger({ vfs: vfs(2) }));
    expect(wants(ledger, { mtu: 1500 })).toEqual(generation(2, 1500));
  });

  it('tells what is broken of number and MTU at once', () => {
    expect(wants(claimed(sampleLedger({ vfs: vfs(2) })), { numOfVfs: 8, mtu: 10_000 })).toEqual([
      'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
      'ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE',
      'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
      'ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED',
    ]);
  });

  it("that a PF has is the kernel's to judge where its driver does not say the most", () => {
    const ledger = sampleLedger();
    const unknown = { ...ledger, nics: ledger.nics.map((nic) => ({ ...nic, maxMtu: null })) };
    expect(wants(unknown, { mtu: 65_535 })).toMatchObject({ change: 'generation' });
    expect(wants(unknown, { mtu: 65_536 })).toEqual(['ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE']);
  });
});
