import { describe, expect, it } from 'vitest';
import { kernelFilesOf } from '../../testing/kernel-files-of.ts';
import { pfHealth } from './pf-health.ts';

const PF = '0000:05:00.0';
const FOLDER = `sys/bus/pci/devices/${PF}`;

/** As the kernel prints them: the sum comes after the counters it is made of. */
const AER = {
  [`${FOLDER}/aer_dev_correctable`]: 'RxErr 7\nBadTLP 0\nBadDLLP 0\nRollover 0\nTimeout 0\nTOTAL_ERR_COR 7',
  [`${FOLDER}/aer_dev_nonfatal`]: 'Undefined 0\nDLP 0\nUnsupReq 2\nTOTAL_ERR_NONFATAL 2',
  [`${FOLDER}/aer_dev_fatal`]: 'Undefined 0\nDLP 1\nTOTAL_ERR_FATAL 1',
};

function carrierOf(netdev: Record<string, string>) {
  const files = Object.fromEntries(Object.entries(netdev).map(([name, text]) => [`sys/class/net/ens1/${name}`, text]));
  return pfHealth(kernelFilesOf(files), { address: PF, nic: 'ens1' }).carrier;
}

describe('the carrier', () => {
  it.each([
    ['there', { flags: '0x1003', operstate: 'up' }, true],
    ['there, for all that the driver tells', { flags: '0x1003', operstate: 'unknown' }, true],
    ['there, while something above is not ready', { flags: '0x1003', operstate: 'dormant' }, true],
    ['away', { flags: '0x1003', operstate: 'down' }, false],
    ['away below', { flags: '0x1003', operstate: 'lowerlayerdown' }, false],
    ['not known while the netdev is down', { flags: '0x1002', operstate: 'down' }, null],
    ['not known of a netdev that has gone', {}, null],
  ])('is %s', (_, netdev, expected) => expect(carrierOf(netdev)).toBe(expected));

  it('is not known without a netdev', () => {
    expect(pfHealth(kernelFilesOf({}), { address: PF, nic: null }).carrier).toBeNull();
  });
});

describe('PCIe errors', () => {
  it('are the sums of what the kernel counted', () => {
    expect(pfHealth(kernelFilesOf(AER), { address: PF, nic: null }).pcieErrors).toEqual({
      correctable: 7,
      nonFatal: 2,
      fatal: 1,
    });
  });

  it.each(Object.keys(AER))('are not told without %s', (missing) => {
    const rest = Object.fromEntries(Object.entries(AER).filter(([path]) => path !== missing));
    expect(pfHealth(kernelFilesOf(rest), { address: PF, nic: null }).pcieErrors).toBeNull();
  });
});
