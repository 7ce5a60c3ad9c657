import type { NicReport, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import { VF_REASONS } from '@vfleet/contracts/vocabulary/vf-in-use';
import { describe, expect, it } from 'vitest';
import type { ParsedVf } from './parse-functions.ts';
import { hostVfReasons, type LedgerVfState, vfFreedom } from './vf-freedom.ts';

const VF: ParsedVf = {
  deviceName: 'pci_0000_41_10_0',
  pciAddress: '0000:41:10.0',
  pf: 'pci_0000_41_00_0',
  pfAddress: '0000:41:00.0',
  driver: 'igbvf',
  nic: { name: 'ens11v0', mac: '52:54:00:12:34:56' },
  iommuGroup: '12',
  sharedIommuGroup: false,
  assignable: true,
  reportedNotFree: false,
  orphan: false,
};
const REPORT: VfReport = {
  pciAddress: '0000:41:10.0',
  pfAddress: '0000:41:00.0',
  index: 0,
  driver: 'igbvf',
  vfio: null,
  netns: 'here',
};
const NIC: NicReport = {
  name: 'ens11v0',
  mac: '52:54:00:12:34:56',
  mtu: 1500,
  speed: null,
  carrier: false,
  kind: 'physical',
  pciAddress: '0000:41:10.0',
  representorOf: null,
  maxMtu: null,
  altNames: [],
  master: null,
  uppers: [],
  addresses: [],
  vlanId: null,
};

type Given = {
  vf?: Partial<ParsedVf>;
  report?: Partial<VfReport> | 'none';
  nic?: Partial<NicReport> | 'none';
  claim?: string;
  domain?: string;
  uncleaned?: string;
  pf?: Partial<LedgerVfState['pf']>;
};
type Row = [given: string, facts: Given, use: 'idle' | 'in use', reasons: string[]];

const NO_NETDEV = 'has no network device on the host';
const ON_VFIO = `${NO_NETDEV} (bound to vfio-pci; bind its network driver once nobody needs it)`;
const UNREADABLE = 'is bound to vfio-pci and its holders cannot be read, so it counts as in use';

const FREE: Row[] = [
  ['nothing on it', {}, 'idle', []],
  ['a link-local address', { nic: { addresses: ['fe80::1/64', '169.254.3.4/16'] } }, 'idle', []],
  ['a device that is no bridge, VLAN, macvtap or bond on it', topped('other', 'dummy0'), 'idle', []],
];

/** By the number of the condition of docs/domain.md, Free VF, that is broken. */
const NOT_FREE: Record<number, Row[]> = {
  1: [
    ['a claim', { claim: 'VM web, nic1' }, 'in use', ['is claimed for a virtual machine (VM web, nic1)']],
    ['a domain', { domain: 'domain web' }, 'in use', ['is held by a domain of the hypervisor (domain web)']],
    [
      'a clean-up that is not done',
      { uncleaned: 'prepared with fence 4' },
      'in use',
      ['is not cleaned yet after its last use (prepared with fence 4)'],
    ],
    [
      'a VM that VFleet does not know',
      onVfio('yes', 'qemu (47)'),
      'in use',
      ['is open through vfio (qemu (47))', ON_VFIO],
    ],
    ['a holder that cannot be read', onVfio('unreadable', null), 'in use', [UNREADABLE, ON_VFIO]],
    [
      'a listed VF that the agent did not look at',
      { report: 'none' },
      'in use',
      ['is listed by its host, but what holds it was not reported, so it counts as in use'],
    ],
  ],
  2: [
    ['vfio-pci that nobody has open: unused, but nobody gave it back', onVfio('no', null), 'idle', [ON_VFIO]],
    [
      'no driver',
      { report: { driver: null, netns: 'none' }, nic: 'none' },
      'idle',
      [`${NO_NETDEV} (no driver is bound; bind its network driver)`],
    ],
    [
      'a netdev that never came',
      { report: { netns: 'none' }, nic: 'none' },
      'idle',
      [`${NO_NETDEV} (driver igbvf made none)`],
    ],
    [
      'a netdev in another namespace',
      { report: { netns: 'moved' }, nic: 'none' },
      'in use',
      ['has its network device in another network namespace', `${NO_NETDEV} (it is in another network namespace)`],
    ],
    ['a macvtap', topped('macvtap', 'macvtap0'), 'in use', ['has a macvtap or macvlan device on it (macvtap0)']],
    ['a macvlan', topped('macvlan', 'macvlan0'), 'in use', ['has a macvtap or macvlan device on it (macvlan0)']],
  ],
  3: [['a bridge', topped('bridge', 'br0'), 'in use', ['is a port of a bridge (br0)']]],
  4: [
    [
      'two VLAN devices',
      topped('vlan', 'v0.5', 'v0.6'),
      'in use',
      ['has a VLAN device on it (v0.5)', 'has a VLAN device on it (v0.6)'],
    ],
  ],
  5: [
    [
      'a shared IOMMU group',
      { vf: { sharedIommuGroup: true } },
      'idle',
      ['shares its IOMMU group with other devices (group 12)'],
    ],
  ],
  6: [['a bond', topped('bond', 'bond7'), 'in use', ['is a slave of a bond (bond7)']]],
  7: [
    [
      'no IOMMU group',
      { vf: { iommuGroup: null } },
      'idle',
      ['has no IOMMU group; enable the IOMMU in BIOS and on the kernel command line'],
    ],
    ['is_assignable false', { vf: { assignable: false } }, 'idle', ['is reported as not assignable']],
  ],
  8: [
    [
      'addresses, of which one is not link-local',
      { nic: { addresses: ['fe80::1/64', '192.0.2.10/24'] } },
      'in use',
      ['carries an IP address; take it off to free the VF (192.0.2.10/24)'],
    ],
  ],
  9: [
    [
      'a PF whose change is open',
      { pf: { change: 'open' } },
      'idle',
      ['belongs to a physical function that is being changed (ens11)'],
    ],
    [
      'a stuck PF',
      { pf: { change: 'stuck' } },
      'idle',
      ['belongs to a physical function that is stuck in a change (ens11)'],
    ],
    [
      'a PF whose number was changed by something else',
      { pf: { drift: '4 wanted, 2 there' } },
      'idle',
      [
        'belongs to a physical function whose number of virtual functions something else than VFleet changed (ens11: 4 wanted, 2 there)',
      ],
    ],
    [
      'an unhealthy PF',
      { pf: { unhealthy: 'no carrier' } },
      'idle',
      ['belongs to a physical function that is not healthy (ens11: no carrier)'],
    ],
  ],
};

/** What the host itself or the device tree says, beside the nine conditions. */
const ALSO_NOT_FREE: Row[] = [
  ['is_free false', { vf: { reportedNotFree: true } }, 'idle', ['is reported as not free by the host']],
  [
    'an orphan',
    { vf: { orphan: true } },
    'idle',
    ['is not connected to the computer in the device tree (physical function pci_0000_41_00_0)'],
  ],
];

describe('a free VF', () => {
  it.each(FREE)('%s', check);
});

describe.each(Object.entries(NOT_FREE))('condition %s is broken', (_, rows) => {
  it.each(rows)('%s', check);
});

describe('also not free', () => {
  it.each(ALSO_NOT_FREE)('%s', check);
});

it('tells everything at once, what makes it in use first', () => {
  const { free, inUse, reasons } = judge({
    vf: { iommuGroup: null, assignable: false },
    nic: { uppers: [{ name: 'br0', kind: 'bridge' }], addresses: ['192.0.2.10/24'] },
    claim: 'web',
    pf: { change: 'open', unhealthy: 'is missing' },
  });
  expect([free, inUse]).toEqual([false, true]);
  expect(reasons.map(({ code }) => code)).toEqual([
    'CLAIMED',
    'BRIDGE',
    'HAS_ADDRESS',
    'NO_IOMMU_GROUP',
    'NOT_ASSIGNABLE',
    'PF_CHANGING',
    'PF_UNHEALTHY',
  ]);
});

it('every reason in the table is given by one of these rows', () => {
  const rows = [...Object.values(NOT_FREE).flat(), ...ALSO_NOT_FREE];
  const given = new Set(rows.flatMap(([, facts]) => judge(facts).reasons.map(({ code }) => code)));
  expect([...given].sort()).toEqual(Object.keys(VF_REASONS).sort());
});

function check(...[, facts, use, reasons]: Row): void {
  const verdict = judge(facts);
  expect(verdict.reasons.map(({ text }) => text)).toEqual(reasons);
  expect(verdict).toMatchObject({ inUse: use === 'in use', free: reasons.length === 0 });
}

function topped(kind: NicReport['uppers'][number]['kind'], ...names: string[]): Given {
  return { nic: { uppers: names.map((name) => ({ name, kind })) } };
}

function onVfio(open: 'yes' | 'no' | 'unreadable', holder: string | null): Given {
  return { report: { driver: 'vfio-pci', netns: 'none', vfio: { open, holder } }, nic: 'none' };
}

function judge({ vf, report, nic, pf, ...held }: Given) {
  const seen = report === 'none' ? undefined : { ...REPORT, ...report };
  const host = hostVfReasons({ ...VF, ...vf }, seen, nic === 'none' ? [] : [{ ...NIC, ...nic }]);
  const state = { name: 'ens11', change: 'none', drift: null, unhealthy: null, ...pf } as const;
  return vfFreedom(host, { claim: null, domain: null, uncleaned: null, ...held, pf: state });
}
