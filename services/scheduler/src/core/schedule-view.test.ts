import { Schedule } from '@vfleet/contracts/vocabulary/schedule';
import { expect, it } from 'vitest';
import { drained } from '../testing/drained.ts';
import { only, sampleHost, samplePf } from '../testing/sample-host.ts';
import { sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import { assignVfs } from './assign-vfs.ts';
import { explainFleet } from './explain-fleet.ts';
import { fleetIndex } from './fleet-index.ts';
import type { HostFacts } from './host-facts.ts';
import { rankHosts } from './rank-hosts.ts';
import { scheduleView } from './schedule-view.ts';
import { demandOf } from './vf-demand.ts';

const VM = sampleVm('web', [
  sampleVnic('nic1', 'red'),
  sampleVnic('nic2', 'red'),
  sampleVnic('nic3', 'blue', { needs: 'bridge' }),
]);
const BLUE = { attached: { networkIds: ['blue'], labels: [] } };
const NIC1 = { id: 'id-nic1', name: 'nic1' };
const NIC2 = { id: 'id-nic2', name: 'nic2' };
const ENS1 = { id: 'pf-01', name: 'ens1', pci_address: '0000:01:00.0' };

function scheduleOf(facts: readonly HostFacts[], limit = 10): Schedule {
  const index = fleetIndex();
  for (const host of facts) index.put(host);
  const demand = demandOf(VM);
  const best = rankHosts(index, demand, { limit }).map(({ host }) => {
    return { host, assignments: assignVfs(host, demand)?.assignments ?? [] };
  });
  const rejections = drained(explainFleet([...index.hosts()], demand)).end;
  const schedule = scheduleView(VM, { looked: facts.length, best, rejections });
  expect(schedule).toEqual(Schedule.parse(schedule));
  return schedule;
}

it('of one host that fits its assignment is told', () => {
  const pf = { id: 'pf-01', name: 'ens1' };
  expect(scheduleOf([sampleHost('alpha', [samplePf(1, 2)], BLUE)])).toEqual({
    ...{ vm: { id: 'id-web', name: 'web' }, fitting: 1, rejected: 0, reasons: [], rejections: [] },
    hosts: [
      {
        host: { id: 'id-alpha', name: 'alpha' },
        assignments: [
          { vnic: NIC1, vf: { pci_address: '0000:01:10.0', physical_function: pf } },
          { vnic: NIC2, vf: { pci_address: '0000:01:10.1', physical_function: pf } },
        ],
      },
    ],
  });
});

it('of one host that does not fit every cause is told, with the vNICs it concerns and why each PF fell away', () => {
  const { fitting, hosts, rejections } = scheduleOf([
    sampleHost('alpha', [samplePf(1, 2, { allowed: only('green') })]),
  ]);
  expect([fitting, hosts]).toEqual([0, []]);
  expect(rejections).toEqual([
    {
      host: { id: 'id-alpha', name: 'alpha' },
      causes: [
        {
          ...{ code: 'VAR__DETAIL__NETWORK_MISSING', network: { id: 'blue', name: 'blue' }, physical_functions: [] },
          text: 'network blue is not attached to the host, and nic3 must have it there',
          vnics: [{ id: 'id-nic3', name: 'nic3' }],
        },
        {
          ...{ code: 'VAR__DETAIL__NO_SUITABLE_VF', vnics: [NIC1, NIC2], network: null },
          text: 'no virtual function can serve nic1 and nic2: ens1: network red is not allowed on it',
          physical_functions: [
            {
              ...{ ...ENS1, free_vfs: null },
              reasons: [{ code: 'NETWORK_NOT_ALLOWED', text: 'network red is not allowed on it' }],
            },
          ],
        },
      ],
    },
  ]);
});

it('vNICs that fit alone but not at once are told with what they compete for', () => {
  const { rejections } = scheduleOf([sampleHost('alpha', [samplePf(1, 1)], BLUE)]);
  expect(rejections[0]?.causes).toMatchObject([
    { vnics: [NIC1, NIC2], physical_functions: [{ ...ENS1, free_vfs: 1, reasons: [] }] },
  ]);
});

it('of a host that is not looked at any further its gates are told', () => {
  const { reasons, rejections } = scheduleOf([sampleHost('alpha', [samplePf(1, 2)], { status: 'maintenance' })]);
  expect(reasons).toEqual([{ code: 'HOST_NOT_UP', hosts: 1 }]);
  const bare = { vnics: [], network: null, physical_functions: [] };
  expect(rejections[0]?.causes).toEqual([{ code: 'HOST_NOT_UP', text: 'it is in maintenance', ...bare }]);
});

it('of ten thousand hosts the best and the closest are told, and of the others how many have which reason', () => {
  const many = Array.from({ length: 10_000 }, (_, n) =>
    sampleHost(`h${String(n).padStart(4, '0')}`, [samplePf(1, n % 4)], BLUE),
  );
  const schedule = scheduleOf(many, 5);
  expect(schedule).toMatchObject({ fitting: 5000, rejected: 5000 });
  expect(schedule.reasons).toEqual([
    { code: 'VAR__DETAIL__NO_SUITABLE_VF', hosts: 5000 },
    { code: 'NO_VFS', hosts: 2500 },
    { code: 'TOO_FEW_FREE_VFS', hosts: 2500 },
  ]);
  expect(schedule.hosts.map(({ host }) => host.name)).toEqual(['h0002', 'h0006', 'h0010', 'h0014', 'h0018']);
  expect(schedule.rejections).toHaveLength(20);
  expect(schedule.rejections[0]?.host.name).toBe('h0001');
  expect(JSON.stringify(schedule).length).toBeLessThan(20_000);
});
