import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { PF } from '../testing/sample-ledger.ts';
import { nic, report } from '../testing/sample-report.ts';
import { decideReport, readReport } from './decide-report.ts';
import { newLedger } from './ledger.ts';
import { listNics, nicViews } from './nic-view.ts';

const NOW = '2026-01-01T00:00:10.000Z';
const EMPTY = newLedger({ id: 'h1', name: 'alpha', clusterId: 'default', now: '2026-01-01T00:00:00.000Z' });

describe('nics for what they are', () => {
  const representor = nic('eth0', PF, { kind: 'representor', representorOf: { pfAddress: PF, vfIndex: 1 } });
  const told = report(1, {
    nics: [
      nic('ens11', PF, { altNames: ['ens11np0'], maxMtu: 9216, master: 'bond0', addresses: ['192.0.2.1/24'] }),
      representor,
      nic('ens11v0', '0000:41:10.0', { uppers: [{ name: 'br0', kind: 'bridge' }] }),
    ],
  });
  Object.assign(told.devices ?? {}, {
    net_eth0_52_54_00_aa_00_02: { params: { capability: 'net', parent: 'pci_0000_41_00_0', interface: 'eth0' } },
  });
  const ledger = decideReport('h1', EMPTY, readReport(told), NOW) ?? EMPTY;

  it('a representor is a nic of its own, with no VfsConfig, and not the netdev of its PF', () => {
    expect(ledger.vfsConfigs).toMatchObject([{ nicName: 'ens11' }]);
    expect(ledger.nics).toMatchObject([
      { id: 'pci_0000_41_00_0', name: 'ens11', kind: 'physical', vfsConfigId: 'h1-1', altNames: ['ens11np0'] },
      { id: 'net_eth0', kind: 'representor', vfsConfigId: null, representorOf: { vfIndex: 1 } },
    ]);
  });

  it('are shown with what they are members of and what sits on them', () => {
    const views = listNics(ledger).map(nicViews(ledger, knownNetworks()));
    expect(views).toMatchObject([
      { name: 'eth0', representor_of: { physical_function: 'ens11', vf_index: 1 }, vfs_config: null },
      { name: 'ens11', master: 'bond0', max_mtu: 9216, alt_names: ['ens11np0'], addresses: ['192.0.2.1/24'] },
      { name: 'ens11v0', bridge: 'br0', uppers: [{ name: 'br0', kind: 'bridge' }], representor_of: null },
    ]);
  });
});
