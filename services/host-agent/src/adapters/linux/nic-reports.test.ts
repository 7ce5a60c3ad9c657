import { NicReport } from '@vfleet/contracts/vocabulary/host-report';
import { describe, expect, it } from 'vitest';
import { type NetLink, netLinks } from './net-links.ts';
import { nicReports, permanentMacOf } from './nic-reports.ts';

const NOWHERE = { pciAddressOf: new Map(), speedOf: new Map(), representedVf: () => null };

function link(fields: Partial<NetLink> & { ifname: string }): NetLink {
  return { ifindex: 1, flags: [], mtu: 1500, altnames: [], addr_info: [], ...fields };
}

function kind(info_kind: string, info_data?: { id: unknown }): Partial<NetLink> {
  return { linkinfo: { info_kind, ...(info_data ? { info_data } : {}) } };
}

function reportOf(name: string, links: NetLink[], facts = NOWHERE) {
  return nicReports(links, facts).find((nic) => nic.name === name);
}

describe('uppers', () => {
  it.each([
    ['macvlan', 'macvlan'],
    ['macvtap', 'macvtap'],
    ['ipvlan', 'macvlan'],
    ['ipvtap', 'macvtap'],
    ['vlan', 'vlan'],
    ['vxlan', 'other'],
  ])('a %s on a netdev is its upper of kind %s', (infoKind, expected) => {
    const links = [link({ ifname: 'vf0' }), link({ ifname: 'up0', link: 'vf0', ...kind(infoKind) })];
    expect(reportOf('vf0', links)?.uppers).toEqual([{ name: 'up0', kind: expected }]);
  });

  it.each([
    ['bond', 'bond'],
    ['team', 'bond'],
    ['bridge', 'bridge'],
    ['openvswitch', 'bridge'],
    ['vrf', 'other'],
  ])('a %s that a netdev is a member of is its master and its upper of kind %s', (infoKind, expected) => {
    const links = [link({ ifname: 'vf0', master: 'm0' }), link({ ifname: 'm0', ...kind(infoKind) })];
    expect(reportOf('vf0', links)).toMatchObject({ master: 'm0', uppers: [{ name: 'm0', kind: expected }] });
  });

  it('the other end of a veth sits on nothing', () => {
    const links = [
      link({ ifname: 'a', link: 'b', ...kind('veth') }),
      link({ ifname: 'b', link: 'a', ...kind('veth') }),
    ];
    expect(reportOf('a', links)?.uppers).toEqual([]);
  });

  it('a thousand VLANs on one netdev are all told', () => {
    const vlans = Array.from({ length: 1000 }, (_, id) =>
      link({ ifname: `v${id}`, link: 'pf', ...kind('vlan', { id }) }),
    );
    expect(reportOf('pf', [link({ ifname: 'pf' }), ...vlans])?.uppers).toHaveLength(1000);
  });
});

describe('a report', () => {
  it('has carrier true, false, or null while the netdev is down', () => {
    const links = [['UP', 'LOWER_UP'], ['UP', 'NO-CARRIER'], []].map((flags, n) => link({ ifname: `n${n}`, flags }));
    expect(nicReports(links, NOWHERE).map(({ carrier }) => carrier)).toEqual([true, false, null]);
  });

  it('has the VLAN id, of a vlan only', () => {
    const links = [
      link({ ifname: 'v', ...kind('vlan', { id: 55 }) }),
      link({ ifname: 'x', ...kind('vxlan', { id: 77 }) }),
    ];
    expect(nicReports(links, NOWHERE).map(({ vlanId }) => vlanId)).toEqual([55, null]);
  });

  it('has no MAC where the address is not one of Ethernet', () => {
    const address = '80:00:02:08:fe:80:00:00:00:00:00:00:f4:52:14:03:00:8d:d2:11';
    const report = reportOf('ib0', [link({ ifname: 'ib0', address })]);
    expect(report?.mac).toBeNull();
    NicReport.parse(report);
  });

  it('is physical with a PCI address', () => {
    const facts = {
      ...NOWHERE,
      pciAddressOf: new Map([['pf', '0000:05:00.0']]),
      speedOf: new Map([['pf', 10_000]]),
    };
    expect(reportOf('pf', [link({ ifname: 'pf' })], facts)).toMatchObject({
      kind: 'physical',
      pciAddress: '0000:05:00.0',
      speed: 10_000,
    });
  });

  it('keeps the permanent MAC apart from the one a bond lent', () => {
    const slave = link({ ifname: 'pf', address: '02:00:00:00:00:01', permaddr: '02:00:00:00:00:02' });
    expect(permanentMacOf(slave)).toBe('02:00:00:00:00:02');
    expect(reportOf('pf', [slave])?.mac).toBe('02:00:00:00:00:01');
  });
});

describe('what ip answers', () => {
  const answering = (stdout: string, exitCode = 0) => netLinks(async () => ({ exitCode, stdout, stderr: 'broken' }));

  it('is read, and what ip left out is passed over', async () => {
    const lo = '{"ifindex":1,"ifname":"lo","mtu":65536,"link":null,"addr_info":[{"local":"::1","prefixlen":128}]}';
    expect(await answering(`[{},${lo}]`)).toMatchObject([{ ifname: 'lo', addr_info: [{ local: '::1' }] }]);
  });

  it.each([
    ['ip failed', '', 1, 'ended with 1: broken'],
    ['it is text', '1: lo: <LOOPBACK>', 0, 'iproute2'],
    ['a field is missing', '[{"ifindex":2,"ifname":"eth0"}]', 0, 'mtu'],
  ])('is a fault when %s', async (_, stdout, exitCode, problem) => {
    await expect(answering(stdout, exitCode)).rejects.toThrow(problem);
  });
});
