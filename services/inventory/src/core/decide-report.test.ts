import { settle, wantNext } from '@vfleet/contracts/desired-state';
import { describe, expect, it } from 'vitest';
import { PF } from '../testing/sample-ledger.ts';
import { listing, nic, pfReport, report } from '../testing/sample-report.ts';
import { changedNics, decideReport, type HostReport, isBehind, readReport } from './decide-report.ts';
import { hostStatus } from './host-status.ts';
import { Ledger, newLedger } from './ledger.ts';

const NOW = '2026-01-01T00:00:10.000Z';
const LATER = '2026-01-01T00:01:00.000Z';
const EMPTY = newLedger({ id: 'h1', name: 'alpha', clusterId: 'default', now: '2026-01-01T00:00:00.000Z' });

function taken(ledger: Ledger, told: HostReport, now = NOW): Ledger {
  const next = decideReport('h1', ledger, readReport(told), now);
  if (!next) throw new Error('the report was not taken');
  return Ledger.parse(next);
}

describe('a first report', () => {
  const ledger = taken(EMPTY, report(2));

  it('gives the PF an unmanaged VfsConfig that allows all networks', () => {
    expect(ledger.vfsConfigs).toMatchObject([
      { id: 'h1-1', nicName: 'ens11', maximum: 7, allNetworksAllowed: true, desired: { generation: 0 } },
    ]);
  });

  it('indexes the VFs with what the host shows of them', () => {
    expect(ledger.vfsConfigs[0]?.vfs).toMatchObject([
      { pciAddress: '0000:41:10.0', index: 0, nic: { name: 'ens11v0' }, inUse: false, reasons: [] },
      { pciAddress: '0000:41:10.2', index: 1, nic: { name: 'ens11v1' } },
    ]);
  });

  it('lists the PF as a nic and no VF among the nics', () => {
    expect(ledger.nics).toMatchObject([{ id: 'pci_0000_41_00_0', name: 'ens11', vfsConfigId: 'h1-1', driver: 'igb' }]);
  });
});

describe('a report that must not change what is known', () => {
  const known = taken(EMPTY, report(2, { sequence: 5 }));

  it.each([{ sequence: 5 }, { sequence: 4 }, { boot: 0.5, sequence: 9 }])('is not newer: %o', (older) => {
    expect(decideReport('h1', known, readReport(report(0, older)), LATER)).toBeUndefined();
  });

  it('cannot be parsed: the last good inventory stays and the error names device and field', () => {
    const devices = {
      ...listing(2),
      pci_0000_41_10_0: { params: { capability: 'pci', parent: 'computer', address: 7 } },
    };
    const next = taken(known, report(2, { sequence: 6, digest: 'bad', devices }));
    expect(next.vfsConfigs).toEqual(known.vfsConfigs);
    expect(next.reportError).toMatchObject({ device: 'pci_0000_41_10_0', field: 'address' });
    expect(next.report).toMatchObject({ sequence: 6, digest: 'bad', listingDigest: 'd2' });
  });

  it('is of a scan that failed, and still settles what was wanted', () => {
    const [config] = known.vfsConfigs;
    if (!config) throw new Error('no config');
    const open = {
      ...known,
      vfsConfigs: [
        { ...config, desired: wantNext(config.desired, { numOfVfs: 2, mtu: null, allNetworksAllowed: false }) },
      ],
    };
    const settlement = {
      vfsConfigId: 'h1-1',
      generation: 1,
      wanted: 2,
      wantedMtu: null,
      outcome: { result: 'applied' as const },
      existing: 2,
    };
    const next = taken(
      open,
      report(0, { sequence: 6, devices: null, scanError: 'no sysfs', pfs: [pfReport(settlement)] }),
    );
    expect(next.vfsConfigs[0]).toMatchObject({
      desired: { settled: 1 },
      allNetworksAllowed: false,
      appliedNumOfVfs: 2,
    });
    expect(next.reportError).toMatchObject({ detail: 'no sysfs' });
  });
});

describe('a PF that is gone', () => {
  const gone = { devices: { computer: { params: { capability: 'system' } } }, nics: [], vfs: [], pfs: [] };
  const missing = taken(taken(EMPTY, report(2)), report(2, { sequence: 2, digest: 'gone', ...gone }));

  it('keeps its VfsConfig and its nic, missing since then', () => {
    expect(missing.vfsConfigs).toMatchObject([{ id: 'h1-1', missingSince: NOW, vfs: [] }]);
    expect(missing.nics).toMatchObject([{ name: 'ens11', carrier: null, vfsConfigId: 'h1-1' }]);
  });

  it('stays missing since the first report without it', () => {
    const still = taken(missing, report(2, { sequence: 3, digest: 'gone', ...gone }), LATER);
    expect(still.vfsConfigs).toMatchObject([{ missingSince: NOW }]);
  });

  it('is itself again when it returns', () => {
    const back = taken(missing, report(2, { sequence: 3 }), LATER);
    expect(back.vfsConfigs).toMatchObject([{ id: 'h1-1', missingSince: null, vfs: [{}, {}] }]);
  });
});

it('keeps a nic and its own labels through a rename of the interface', () => {
  const known = taken(EMPTY, report(0));
  const labelled = { ...known, nics: known.nics.map((each) => ({ ...each, labels: ['tenant'] })) };
  const renamed = report(0, { sequence: 2, nics: [nic('eth7', PF)] });
  delete renamed.devices?.net_ens11_52_54_00_aa_00_01;
  Object.assign(renamed.devices ?? {}, {
    net_eth7_52_54_00_aa_00_01: { params: { capability: 'net', parent: 'pci_0000_41_00_0', interface: 'eth7' } },
  });
  const next = taken(labelled, renamed);
  expect(next.nics).toMatchObject([{ id: 'pci_0000_41_00_0', name: 'eth7', labels: ['tenant'], vfsConfigId: 'h1-1' }]);
  expect(next.vfsConfigs).toMatchObject([{ id: 'h1-1', nicName: 'eth7' }]);
});

describe('drift', () => {
  const known = taken(EMPTY, report(4));
  const [config] = known.vfsConfigs;
  if (!config) throw new Error('no config');
  const applied = { generation: 1, result: 'applied' as const, failure: null, existing: 4, at: NOW };
  const desired = settle(wantNext(config.desired, { numOfVfs: 4, mtu: null, allNetworksAllowed: null }), applied);
  const managed = { ...known, vfsConfigs: [{ ...config, desired, appliedNumOfVfs: 4 }] };

  it('begins when the host shows another number than the one in force', () => {
    expect(taken(managed, report(2, { sequence: 2 })).vfsConfigs[0]?.driftSince).toBe(NOW);
  });

  it('is none while a change is open, and ends when the numbers agree', () => {
    const open = {
      ...managed,
      vfsConfigs: [
        {
          ...config,
          appliedNumOfVfs: 4,
          desired: wantNext(desired, { numOfVfs: 2, mtu: null, allNetworksAllowed: null }),
        },
      ],
    };
    expect(taken(open, report(0, { sequence: 2 })).vfsConfigs[0]?.driftSince).toBeNull();
    const drifted = taken(managed, report(2, { sequence: 2 }));
    expect(taken(drifted, report(4, { sequence: 3 }), LATER).vfsConfigs[0]?.driftSince).toBeNull();
  });
});

it('gives ids of removed VfsConfigs to nobody else', () => {
  const known = taken(EMPTY, report(0));
  const removed = { ...known, vfsConfigs: [], nics: [] };
  expect(taken(removed, report(0, { sequence: 2 })).vfsConfigs).toMatchObject([{ id: 'h1-2' }]);
});

it('knows a heartbeat of another boot or digest from one that says nothing new', () => {
  const { report: known } = taken(EMPTY, report(2));
  expect(isBehind(null, { boot: 1, digest: 'd2' })).toBe(true);
  expect(isBehind(known, { boot: 1, digest: 'd2' })).toBe(false);
  expect(isBehind(known, { boot: 1, digest: 'd3' })).toBe(true);
  expect(isBehind(known, { boot: 2, digest: 'd2' })).toBe(true);
});

it('names the PFs whose configuration a report changed', () => {
  const known = taken(EMPTY, report(2));
  expect(changedNics(EMPTY, known)).toEqual(['ens11']);
  expect(changedNics(known, taken(known, report(2, { sequence: 2 })))).toEqual([]);
});

it('keeps a nic that carries networks when the host does not show it, and forgets one that carries none', () => {
  const bond = nic('bond0', '', { pciAddress: null, kind: 'bond' });
  const known = taken(EMPTY, report(0, { nics: [nic('ens11', PF), bond] }));
  const carrying = { ...known, nics: known.nics.map((each) => ({ ...each, networkIds: ['n1'], labels: ['tenant'] })) };
  const gone = report(0, { sequence: 2, digest: 'd2', nics: [nic('ens11', PF)] });
  expect(taken(known, gone).nics.map(({ name }) => name)).toEqual(['ens11']);
  expect(taken(carrying, gone).nics).toMatchObject([
    { name: 'ens11', carrier: true, networkIds: ['n1'], labels: ['tenant'] },
    { name: 'bond0', carrier: null, networkIds: ['n1'], labels: ['tenant'] },
  ]);
});

describe('what the machine offers', () => {
  const platform = {
    ...{ kernel: '6.12', interruptRemapping: true, unsafeInterruptsAllowed: false, brokenChipset: null },
    hypervisor: null as string | null,
  };
  const without = taken(EMPTY, report(0, { platform }));

  it('makes a host without hypervisor not operational since then, until one answers', () => {
    expect(hostStatus(up(without))).toEqual({ status: 'non_operational', since: NOW });
    const still = taken(without, report(0, { sequence: 2, platform }), LATER);
    expect(still.noHypervisorSince).toBe(NOW);
    const there = taken(still, report(0, { sequence: 3, platform: { ...platform, hypervisor: 'libvirt 11' } }), LATER);
    expect(hostStatus(up(there)).status).toBe('up');
  });

  it('is not judged by an agent that does not tell, and kept through a scan that fails', () => {
    expect(taken(EMPTY, report(0)).noHypervisorSince).toBeNull();
    const failed = taken(without, report(0, { sequence: 2, devices: null, scanError: 'no sysfs' }), LATER);
    expect(failed).toMatchObject({ platform, noHypervisorSince: NOW });
  });

  const up = (ledger: Ledger): Ledger => ({ ...ledger, connection: { ...ledger.connection, status: 'up' } });
});

it('takes no drift from a report whose listing it could not take over', () => {
  const known = taken(EMPTY, report(2));
  const told = { vfsConfigId: 'h1-1', generation: 1, wanted: 4, wantedMtu: null, existing: 4 };
  const settlement = { ...told, outcome: { result: 'applied' as const } };
  const scanless = report(0, { sequence: 2, devices: null, scanError: 'no sysfs', pfs: [pfReport(settlement)] });
  const next = taken(known, scanless);
  expect(next.vfsConfigs).toMatchObject([{ appliedNumOfVfs: 4, driftSince: null }]);
  expect(taken(next, report(4, { sequence: 3 })).vfsConfigs).toMatchObject([{ driftSince: null }]);
});

it('knows a change that its agent works on, and that a settlement ends it', () => {
  const changing = { generation: 2, from: 4, to: 2 };
  const told = { vfsConfigId: 'h1-1', generation: 2, wanted: 2, wantedMtu: null, existing: 2 };
  const settlement = { ...told, outcome: { result: 'applied' as const } };
  const working = taken(EMPTY, report(4, { pfs: [{ ...pfReport(), changing, persisted: 4 }] }));
  expect(working.vfsConfigs).toMatchObject([{ changingOnHost: true, persisted: 4 }]);
  const ended = taken(working, report(2, { sequence: 2, pfs: [{ ...pfReport(settlement), changing }] }));
  expect(ended.vfsConfigs).toMatchObject([{ changingOnHost: false }]);
});
