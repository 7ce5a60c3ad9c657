import { isDeepStrictEqual } from 'node:util';
import { type PcieErrors, type PfHealth, PfReport } from '@vfleet/contracts/vocabulary/host-report';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestInput, type ReportBody } from './digest-input.ts';

const nic = (name: string): ReportBody['nics'][number] => ({
  name,
  mac: null,
  mtu: 1500,
  speed: null,
  carrier: true,
  kind: 'physical',
  pciAddress: null,
  representorOf: null,
  maxMtu: null,
  altNames: [],
  master: null,
  uppers: [
    { name: 'br0', kind: 'bridge' },
    { name: 'a.5', kind: 'vlan' },
  ],
  addresses: ['192.0.2.1/24', '10.0.0.1/8'],
  vlanId: null,
});
const vf = (pciAddress: string, index: number): ReportBody['vfs'][number] => ({
  pciAddress,
  pfAddress: '0000:05:00.0',
  index,
  driver: null,
  vfio: null,
  netns: 'here',
});
const body: ReportBody = {
  agentVersion: '0.1.0',
  iommu: true,
  platform: null,
  devices: { computer: { params: { capability: 'system', product: 'x' } }, pci_1: { params: { parent: 'computer' } } },
  scanError: null,
  nics: [nic('b'), nic('a')],
  vfs: [vf('0000:05:10.2', 1), vf('0000:05:10.0', 0)],
  pfs: [],
};

it('is the same for one state found in another order', () => {
  const devices = {
    pci_1: { params: { parent: 'computer' } },
    computer: { params: { product: 'x', capability: 'system' } },
  };
  const nics = body.nics.toReversed().map((each) => ({
    ...each,
    uppers: each.uppers.toReversed(),
    addresses: each.addresses.toReversed(),
  }));
  expect(digestInput({ ...body, devices, nics, vfs: body.vfs.toReversed() })).toBe(digestInput(body));
});

it('differs for every state that differs', () => {
  const others: Partial<ReportBody>[] = [
    { iommu: false },
    { devices: null },
    { scanError: 'no sysfs' },
    { agentVersion: '0.2.0' },
    { nics: [nic('a')] },
    { vfs: [vf('0000:05:10.2', 1)] },
    { devices: { ...body.devices, pci_1: { params: { parent: 'pci_2' } } } },
  ];
  const digests = [body, ...others.map((other) => ({ ...body, ...other }))].map(digestInput);
  expect(new Set(digests).size).toBe(digests.length);
});

it('is the same for two listings only when they are equal', () => {
  const params = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
  const devices = fc.dictionary(fc.string(), fc.record({ params }), { maxKeys: 3 });
  fc.assert(
    fc.property(devices, devices, (a, b) => {
      const alike = digestInput({ ...body, devices: a }) === digestInput({ ...body, devices: b });
      expect(alike).toBe(isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))));
    }),
  );
});

const withHealth = (health: PfHealth) =>
  digestInput({
    ...body,
    pfs: [
      PfReport.parse({
        pciAddress: '0000:05:00.0',
        identity: { vendorId: '0x8086', deviceId: '0x10c9', mac: null },
        autoprobe: true,
        health,
        ...{ driver: 'igb', firmware: null, persisted: null, settlement: null, changing: null, stuck: null },
        warning: null,
      }),
    ],
  });
const NO_ERRORS = { correctable: 0, nonFatal: 0, fatal: 0 };
const withErrors = (errors: Partial<PcieErrors>) =>
  withHealth({ carrier: true, pcieErrors: { ...NO_ERRORS, ...errors } });

it.each(['correctable', 'nonFatal'] as const)('tells the first %s error and every doubling, not each one', (kind) => {
  const states = new Set(Array.from({ length: 10_001 }, (_, count) => withErrors({ [kind]: count })));
  expect(states.size).toBe(1 + Math.ceil(Math.log2(10_001)));
  expect(withErrors({ [kind]: 1 })).not.toBe(withErrors({}));
  expect(withErrors({ [kind]: 5 })).toBe(withErrors({ [kind]: 4 }));
});

it('tells every fatal error, errors that are counted at last, and every change of the carrier', () => {
  expect(withErrors({ fatal: 8 })).not.toBe(withErrors({ fatal: 9 }));
  const healths: PfHealth[] = [true, false, null].flatMap((carrier) => [
    { carrier, pcieErrors: null },
    { carrier, pcieErrors: NO_ERRORS },
  ]);
  expect(new Set(healths.map(withHealth)).size).toBe(healths.length);
});
