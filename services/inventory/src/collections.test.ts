import type { Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { type Collection, putOf } from '@vfleet/documents/documents';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { HOSTS } from './collections.ts';
import { decideReport, readReport } from './core/decide-report.ts';
import { hostView } from './core/host-view.ts';
import { listNics, nicView } from './core/nic-view.ts';
import { unsettledWants } from './core/unsettled.ts';
import { vfsConfigView } from './core/vfs-config-view.ts';
import { knownNetworks } from './testing/known-networks.ts';
import { PF, sampleLedger, vfAt } from './testing/sample-ledger.ts';
import { pfReport, report } from './testing/sample-report.ts';

/** The ledgers as they were before hosts were found by their clusters. */
const EARLIER: Collection<unknown> = { name: 'hosts', schema: z.unknown(), schemaVersion: 1, keys: {} };

it('finds ledgers of schema version 1 by their cluster, and counts changes of their nics from 0', async () => {
  const { store, reopen, destroy } = await openTemporary();
  const { nicsRevision, ...body } = { ...sampleLedger(), clusterId: 'c1' };
  const earlier = await store.open(EARLIER);
  await store.commit([putOf(earlier, { id: 'h1', expectedVersion: 0, body, answers: [], unpublished: [] })]);
  const hosts = await (await reopen()).open(HOSTS);
  expect(await hosts.find('cluster', 'c1', { limit: 10 })).toMatchObject([{ id: 'h1', body: { nicsRevision: 0 } }]);
  await destroy();
});

/** A ledger as it was stored before health, platforms and MTUs were known: a port with a VF of a change that is open. */
const OF_VERSION_3 = {
  ...{ id: 'h1', name: 'alpha', revision: 1, clusterId: 'c1', addedAt: '2026-01-01T00:00:00.000Z' },
  connection: { status: 'up', since: '2026-01-01T00:00:01.000Z', agentVersion: '0.1.0', lastSeen: null },
  report: {
    ...{ boot: 1, sequence: 4, digest: 'd', takenAt: '2026-01-01T00:00:02.000Z', iommu: true, listingDigest: 'd' },
  },
  ...{ reportError: null, orphans: [], nicsRevision: 2, vfsConfigCounter: 1, maintenanceSince: null },
  nics: [
    {
      ...{ id: 'pci_0000_41_00_0', name: 'ens11', mac: null, mtu: 1500, speed: null, carrier: true, bond: null },
      ...{ bridge: null, vlans: [], pciAddress: PF, driver: 'igb', numaNode: 0, kind: 'physical' },
      ...{ vfsConfigId: 'h1-1', labels: ['tenant'], networkIds: [] },
    },
  ],
  vfsConfigs: [
    {
      ...{ id: 'h1-1', pciAddress: PF, nicName: 'ens11', identity: null, maximum: 7, driver: 'igb' },
      ...{ expectNetdevs: true, numaNode: 0, allNetworksAllowed: true, networkIds: [], labels: [] },
      desired: { generation: 2, settled: 1, want: { numOfVfs: 1, allNetworksAllowed: null }, settlements: [] },
      ...{ appliedNumOfVfs: 1, revision: 3, missingSince: null, driftSince: null, stuck: null, warning: null },
      ...{ unsupported: [], progress: null },
      vfs: [
        {
          ...{ pciAddress: vfAt(0), deviceName: 'pci_0000_41_10_0', index: 0, driver: 'igbvf', iommuGroup: '12' },
          ...{ nic: { name: 'ens11v0', mac: null, mtu: 1500, speed: null, carrier: null }, inUse: false, reasons: [] },
        },
      ],
    },
  ],
  ...{ claims: [], releasedClaims: [], domains: null, differences: [], fenceCounter: 0, fenceFloor: 0 },
};

it('reads ledgers of schema version 3, which tell nothing of health and MTU', async () => {
  const { store, reopen, destroy } = await openTemporary();
  const earlier = await store.open({ ...EARLIER, schemaVersion: 3, upgrade: { 1: String, 2: String } });
  const put = putOf(earlier, { id: 'h1', expectedVersion: 0, body: OF_VERSION_3, answers: [], unpublished: [] });
  await store.commit([put]);
  const stored = await (await (await reopen()).open(HOSTS)).get('h1');
  if (!stored) throw new Error('not found');
  const { body } = stored;
  const [config] = body.vfsConfigs;
  if (!config) throw new Error('no config');
  expect(vfsConfigView(body, config, knownNetworks())).toMatchObject({
    ...{ mtu: null, max_mtu: null, state: 'changing', drift: null },
    health: { state: 'healthy', carrier: null, pcie_errors: null },
  });
  expect(hostView('h1', body, { lastSeen: undefined, clusters: new Map() }).status).toBe('up');
  expect(listNics(body).map((nic) => nicView(body, nic, knownNetworks()).uppers)).toEqual([[], []]);
  expect(unsettledWants(body)).toMatchObject([{ generation: 2, mtu: null, onlyIfExisting: null }]);
  const settled = settlementOf({ generation: 2, wanted: 1, existing: 1 });
  const next = decideReport('h1', body, readReport(report(1, { sequence: 5, pfs: [pfReport(settled)] })), '2026-01-02');
  expect(next?.vfsConfigs).toMatchObject([{ appliedNumOfVfs: 1, appliedMtu: null, driftSince: null }]);
  await destroy();
});

function settlementOf(change: { generation: number; wanted: number; existing: number }): Settlement {
  return { vfsConfigId: 'h1-1', wantedMtu: null, outcome: { result: 'applied' }, ...change };
}
