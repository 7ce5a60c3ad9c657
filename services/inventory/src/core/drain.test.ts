import { VF_REASONS, type VfReasonCode } from '@vfleet/contracts/vocabulary/vf-in-use';
import { describe, expect, it } from 'vitest';

import { sampleConfig, sampleLedger, sampleVf, vfAt } from '../testing/sample-ledger.ts';
import { drainOf } from './drain.ts';
import type { Ledger, LedgerClaim, LedgerVf } from './ledger.ts';

const AT = '2026-01-02T00:00:00.000Z';
const VFS = [0, 1, 2, 3].map((index) => sampleVf(index));

describe('what has to be done before VFs can be removed', () => {
  it('nothing while nobody uses them', () => {
    expect(drain({})).toEqual([]);
  });

  it('names virtual machines in their order, each with all its vNICs', () => {
    const claims = [claim(0, 'web', 'nic1'), claim(1, 'db', 'nic1'), claim(2, 'web', 'nic2', { state: 'reserved' })];
    expect(drain({ claims })).toEqual([
      'Stop or migrate virtual machine db, or unplug its nic1 (ens11v1).',
      'Stop or migrate virtual machine web, or unplug its nic1 (ens11v0), nic2 (ens11v2).',
    ]);
  });

  it('waits for what is given back, and tells what to do about what stays dirty', () => {
    const dirty = { cause: 'the MAC is refused', remedy: 'Reload igb.' };
    const claims = [claim(0, 'web', 'nic1', { state: 'releasing' }), claim(1, 'db', 'nic1', { state: 'dirty', dirty })];
    expect(drain({ claims })).toEqual([
      'Wait until ens11v0 is clean, which virtual machine web has given back.',
      'ens11v1 could not be proved clean after virtual machine db: Reload igb.',
    ]);
  });

  it('tells how to end what is no claim', () => {
    const held = { name: 'x', vmId: null, placementId: null, attempt: null };
    const domains: Ledger['domains'] = {
      ...{ boot: 1, sequence: 1, machineBoot: 'm1', takenAt: AT },
      domains: [{ ...held, vfs: [{ pciAddress: vfAt(1), vnicId: null }] }],
      uncleaned: [{ pciAddress: vfAt(2), fence: 3, claimId: null }],
    };
    const vfs = [used(0, 'HAS_ADDRESS', '192.0.2.1/24'), ...VFS.slice(1, 3), used(3, 'BRIDGE', 'br0')];
    expect(drain({ domains, ...sampleVfs(vfs) })).toEqual([
      'ens11v0 carries an IP address; take it off to free the VF (192.0.2.1/24): take the address off it.',
      'ens11v1 is held by a domain of the hypervisor (domain x): end the domain, or take the device off it.',
      'ens11v2 is not cleaned yet after its last use (prepared with fence 3): wait until its host has cleaned it, which it is told to.',
      'ens11v3 is a port of a bridge (br0): take it off the bridge.',
    ]);
  });

  it('leaves out what keeps a VF from being free and is no use of it', () => {
    const vf = sampleVf(0, { reasons: [{ code: 'NO_NETDEV', text: 'has no network device on the host' }] });
    expect(drain(sampleVfs([vf]))).toEqual([]);
  });

  it('knows a way out of every reason that makes a VF in use', () => {
    const idle: VfReasonCode[] = ['NO_NETDEV', 'SHARED_IOMMU_GROUP', 'NO_IOMMU_GROUP', 'NOT_ASSIGNABLE', 'ORPHAN'];
    const ofPf: VfReasonCode[] = ['PF_CHANGING', 'PF_STUCK', 'PF_DRIFTED', 'PF_UNHEALTHY'];
    const others = new Set<string>([...idle, ...ofPf, 'REPORTED_NOT_FREE', 'CLAIMED', 'HELD_BY_DOMAIN', 'NOT_CLEANED']);
    for (const code of Object.keys(VF_REASONS) as VfReasonCode[]) {
      if (others.has(code)) continue;
      expect(drain(sampleVfs([used(0, code, 'x')])), code).toHaveLength(1);
    }
  });
});

function drain(change: Partial<Ledger>): string[] {
  const ledger = { ...sampleLedger({ vfs: VFS }), ...change };
  return drainOf(ledger, ledger.vfsConfigs[0] ?? sampleConfig());
}

function sampleVfs(vfs: LedgerVf[]): Pick<Ledger, 'vfsConfigs'> {
  return { vfsConfigs: [sampleConfig({ vfs })] };
}

function used(index: number, code: VfReasonCode, seen: string): LedgerVf {
  return sampleVf(index, { inUse: true, reasons: [{ code, text: `${VF_REASONS[code]} (${seen})` }] });
}

function claim(index: number, vm: string, vnic: string, change: Partial<LedgerClaim> = {}): LedgerClaim {
  return {
    ...{ id: `c${index}`, fence: index + 1, vfsConfigId: 'h1-1', pciAddress: vfAt(index), placementId: `p-${vm}` },
    ...{ vm: { id: vm, name: vm }, vnic: { id: `${vm}-${vnic}`, name: vnic }, network: { id: 'red', version: 1 } },
    ...{ state: 'attached', since: AT, deadline: null, dirty: null, ...change },
  };
}
