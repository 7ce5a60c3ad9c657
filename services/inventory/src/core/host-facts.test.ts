import { HostFacts } from '@vfleet/contracts/inventory-facts';
import { describe, expect, it } from 'vitest';
import { claimed, ledgerWithNics, PF, sampleConfig, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import { hostFacts } from './host-facts.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';

const STUCK = { since: '2026-01-02T00:00:00.000Z', from: 0, to: 2, holder: 'pid 7' };
const OPEN = { generation: 1, settled: 0, want: { numOfVfs: 4, mtu: null, allNetworksAllowed: null }, settlements: [] };

describe('the facts of a host', () => {
  it('tell its PFs and their free VFs', () => {
    const vfs = [sampleVf(0), sampleVf(1), sampleVf(2, { reasons: [{ code: 'NO_NETDEV', text: '' }] })];
    const ledger = up(claimed(sampleLedger({ vfs, unsupported: ['min_tx_rate'] })));
    expect(HostFacts.parse(hostFacts(ledger, 7))).toEqual({
      ...{ id: 'h1', version: 7, name: 'alpha', clusterId: 'default', status: 'up' },
      attached: { networkIds: [], labels: [] },
      pfs: [
        {
          ...{ id: 'h1-1', name: 'ens11', pciAddress: PF, card: '0000:41:00', numaNode: 0, mtu: 1500 },
          allowed: 'all',
          unsupported: ['min_tx_rate'],
          blocked: [],
          vfs: 3,
          freeVfs: ['0000:41:10.0'],
          notFree: [
            { code: 'CLAIMED', vfs: 1 },
            { code: 'NO_NETDEV', vfs: 1 },
          ],
        },
      ],
    });
  });

  it('tell networks by ids and labels, each once', () => {
    const ledger = ledgerWithNics({
      ens11: { networkIds: ['red'], labels: ['tenant'] },
      eno1: { networkIds: ['red', 'blue'], labels: ['tenant', 'lab'] },
    });
    const vfsConfigs = [sampleConfig({ allNetworksAllowed: false, networkIds: ['green'], labels: ['dmz'] })];
    const listed = { ...ledger, vfsConfigs };
    expect(hostFacts(listed, 1)).toMatchObject({
      attached: { networkIds: ['red', 'blue'], labels: ['tenant', 'lab'] },
      pfs: [{ allowed: { networkIds: ['green'], labels: ['dmz'] } }],
    });
  });

  it('count a VF with a reason twice once', () => {
    const twice = { code: 'HAS_ADDRESS', text: '' };
    const ledger = sampleLedger({ vfs: [sampleVf(0, { inUse: true, reasons: [twice, twice] })] });
    expect(hostFacts(ledger, 1).pfs[0]?.notFree).toEqual([{ code: 'HAS_ADDRESS', vfs: 1 }]);
  });

  it.each<[string, Partial<LedgerVfsConfig>, { code: string; text: string }]>([
    ['PF_CHANGING', { desired: OPEN }, { code: 'PF_CHANGING', text: expect.stringContaining('being changed (ens11)') }],
    ['PF_STUCK', { stuck: STUCK }, { code: 'PF_STUCK', text: expect.stringContaining('stuck in a change') }],
    [
      'PF_DRIFTED',
      { appliedNumOfVfs: 4, driftSince: '2026-01-02' },
      { code: 'PF_DRIFTED', text: expect.stringContaining('4 wanted, 1 there') },
    ],
    ['PF_UNHEALTHY', { driver: null }, { code: 'PF_UNHEALTHY', text: expect.stringContaining('no driver bound') }],
  ])('say that no VF can be taken: %s', (code, change, blocked) => {
    const [pf] = hostFacts(sampleLedger({ vfs: [sampleVf(0)], ...change }), 1).pfs;
    expect(pf).toMatchObject({ blocked: [blocked], freeVfs: [], notFree: [{ code, vfs: 1 }] });
  });

  it('leave out a PF that is missing, and an MTU nobody has told', () => {
    const missing = sampleConfig({ id: 'h1-2', pciAddress: '0000:42:00.0', missingSince: '2026-01-02' });
    const ledger = sampleLedger();
    const facts = hostFacts({ ...ledger, nics: [], vfsConfigs: [...ledger.vfsConfigs, missing] }, 1);
    expect(facts.pfs).toMatchObject([{ id: 'h1-1', mtu: null }]);
  });

  it.each<[string, Partial<Ledger>]>([
    ['up', { connection: { ...up(sampleLedger()).connection } }],
    ['maintenance', { ...up(sampleLedger()), maintenanceSince: '2026-01-02' }],
    ['non_operational', { ...up(sampleLedger()), noHypervisorSince: '2026-01-02' }],
    ['maintenance', { ...up(sampleLedger()), noHypervisorSince: '2026-01-02', maintenanceSince: '2026-01-02' }],
    ['down', {}],
    ['down', { maintenanceSince: '2026-01-02' }],
  ])('tell its status: %s', (status, change) => {
    expect(hostFacts({ ...sampleLedger(), ...change }, 1).status).toBe(status);
  });
});

function up(ledger: Ledger): Ledger {
  return { ...ledger, connection: { ...ledger.connection, status: 'up' } };
}
