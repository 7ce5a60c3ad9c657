import { PassThrough } from '@vfleet/contracts/vocabulary/vnic-profile';
import { expect, it } from 'vitest';
import { sampleVnic } from '../testing/sample-vm.ts';
import { traitsBarredBy, traitsOf } from './vnic-traits.ts';

const PIN = { hostId: 'h1', pciAddress: '0000:05:10.1' };

it.each([
  [{}, []],
  [{ linked: false }, ['unlinked']],
  [{ customMtu: 1500, macSpoofing: true }, ['custom-mtu', 'mac-spoofing']],
  [
    { linked: false, customMtu: 68, macSpoofing: true, pinnedVf: PIN },
    ['unlinked', 'custom-mtu', 'mac-spoofing', 'pinned'],
  ],
])('a vNIC with %j has the traits %j', (change, traits) => {
  expect(traitsOf(sampleVnic(1, change))).toEqual(traits);
});

it('a profile with passthrough bears the pin and no other trait, one without bears the others and no pin', () => {
  const barred = PassThrough.options.map((passThrough) => traitsBarredBy({ passThrough }));
  const withVf = ['unlinked', 'custom-mtu', 'mac-spoofing'];
  expect(barred).toEqual([['pinned'], withVf, withVf]);
});
