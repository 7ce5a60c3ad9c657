import { describe, expect, it } from 'vitest';
import { drained } from '../testing/drained.ts';
import { sampleDemand, sampleNetwork, sampleWish } from '../testing/sample-demand.ts';
import { only, sampleHost, samplePf } from '../testing/sample-host.ts';
import { explainFleet } from './explain-fleet.ts';
import { fleetIndex } from './fleet-index.ts';
import type { HostFacts } from './host-facts.ts';

const DEMAND = sampleDemand([sampleWish('nic1', 'red'), sampleWish('nic2', 'red')], {
  networks: [{ vnic: { id: 'id-nic3', name: 'nic3' }, network: sampleNetwork('blue'), use: 'bridge' }],
});
const BLUE = { attached: { networkIds: ['blue'], labels: [] } };

function explain(hosts: readonly HostFacts[], excluded?: Map<string, string>) {
  const index = fleetIndex();
  for (const host of hosts) index.put(host);
  return drained(explainFleet([...index.hosts()], DEMAND, excluded)).end;
}

const many = (count: number, prefix: string, facts: Parameters<typeof sampleHost>[2], vfs: number) =>
  Array.from({ length: count }, (_, at) =>
    sampleHost(`${prefix}${String(at).padStart(2, '0')}`, [samplePf(1, vfs)], facts),
  );

describe('why the hosts of a fleet do not fit', () => {
  it('is told of each by name, and of none that fits', () => {
    const { rejected, hosts } = explain([
      ...many(2, 'small', BLUE, 1),
      ...many(2, 'fits', BLUE, 2),
      ...many(1, 'bare', {}, 2),
    ]);
    expect(rejected).toBe(3);
    expect(hosts.map(({ host }) => host.name)).toEqual(['bare00', 'small00', 'small01']);
  });

  it('is counted: each host once under each of its reasons', () => {
    const { counts } = explain(
      [
        ...many(3, 'small', BLUE, 1),
        ...many(2, 'bare', {}, 2),
        ...many(1, 'empty', BLUE, 0),
        ...many(1, 'failed', BLUE, 2),
        sampleHost('other', [samplePf(1, 1, { allowed: only('green'), mtu: 1400 })], BLUE),
      ],
      new Map([['id-failed00', 'no answer']]),
    );
    expect(counts).toEqual([
      { code: 'VAR__DETAIL__NO_SUITABLE_VF', hosts: 5 },
      { code: 'TOO_FEW_FREE_VFS', hosts: 3 },
      { code: 'VAR__DETAIL__NETWORK_MISSING', hosts: 2 },
      { code: 'HOST_EXCLUDED', hosts: 1 },
      { code: 'MTU_TOO_SMALL', hosts: 1 },
      { code: 'NETWORK_NOT_ALLOWED', hosts: 1 },
      { code: 'NO_VFS', hosts: 1 },
    ]);
  });

  it('is told of fifty, and of more only the twenty closest', () => {
    const fifty = many(50, 'h', BLUE, 0);
    expect(explain(fifty).hosts).toHaveLength(50);
    const { rejected, hosts } = explain([...fifty, ...many(1, 'z', BLUE, 1)]);
    expect([rejected, hosts.length]).toEqual([51, 20]);
  });

  it('is close when little is lacking, and far behind a gate', () => {
    const hosts = explain([
      ...many(60, 'down', { ...BLUE, status: 'down' }, 2),
      ...many(2, 'nothing', {}, 0),
      ...many(2, 'one', BLUE, 1),
      ...many(2, 'empty', BLUE, 0),
      ...many(2, 'bare', {}, 2),
    ]).hosts.map(({ host }) => host.name);
    expect(hosts.slice(0, 9)).toEqual([
      ...['bare00', 'bare01', 'one00', 'one01', 'empty00', 'empty01', 'nothing00', 'nothing01', 'down00'],
    ]);
  });

  it('names the closest that could fit later, and none that was excluded', () => {
    const excluded = new Map([['id-one00', 'no answer']]);
    const { closest } = explain([...many(25, 'empty', BLUE, 0), ...many(2, 'one', BLUE, 1)], excluded);
    expect(closest).toHaveLength(20);
    expect(closest.slice(0, 2)).toEqual(['id-one01', 'id-empty00']);
  });

  it('is found out in slices, between which the hosts may change', () => {
    const index = fleetIndex();
    const hosts = many(120, 'h', BLUE, 1);
    for (const host of hosts) index.put(host);
    const walk = explainFleet([...index.hosts()], DEMAND);
    walk.next();
    for (const host of hosts) index.remove(host.id);
    const { end, pauses } = drained(walk);
    expect([end.rejected, pauses > 2]).toEqual([120, true]);
  });
});
