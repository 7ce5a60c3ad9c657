import { expect, it } from 'vitest';
import { sampleNetwork } from '../testing/sample-demand.ts';
import { SAMPLE_VM } from '../testing/sample-run.ts';
import { sampleVnic } from '../testing/sample-vm.ts';
import { isSameChoice } from './choice.ts';
import type { RunVm } from './placement.ts';

const [nic1, ...others] = SAMPLE_VM.vnics;
const withNic1 = (change: Partial<RunVm['vnics'][number]>): RunVm => ({
  ...SAMPLE_VM,
  vnics: [{ ...(nic1 ?? sampleVnic('nic1', 'red')), ...change }, ...others],
});

it.each<[string, RunVm, boolean]>([
  ['nothing', SAMPLE_VM, true],
  ['its name', { ...SAMPLE_VM, name: 'renamed', version: 2 }, true],
  ['the VLAN of a network', withNic1({ network: sampleNetwork('red', { vlanId: 7, version: 2 }) }), true],
  ['the MTU of a network', withNic1({ network: sampleNetwork('red', { mtu: 9000 }) }), false],
  ['the network of a vNIC', withNic1({ network: sampleNetwork('blue') }), false],
  ['what a vNIC needs', withNic1({ needs: 'bridge' }), false],
  ['the pin of a vNIC', withNic1({ pinnedVf: { hostId: 'id-alpha', pciAddress: '0000:01:10.1' } }), false],
  ['its NUMA node', { ...SAMPLE_VM, numaNode: 1 }, false],
  ['its vNICs', { ...SAMPLE_VM, vnics: others }, false],
])('when %s has changed, what was chosen is judged anew', (_, vm, isSame) => {
  expect(isSameChoice(SAMPLE_VM, vm)).toBe(isSame);
});
