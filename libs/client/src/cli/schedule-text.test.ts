import type { Schedule } from '@vfleet/contracts/vocabulary/schedule';
import { describe, expect, it } from 'vitest';
import { scheduleText } from './schedule-text.ts';

const PF = { id: 'n1', name: 'enp5s0f0' };
const ETH0 = { id: 'v1', name: 'eth0' };
const ETH1 = { id: 'v2', name: 'eth1' };
const vf = { pci_address: '0000:05:10.0', physical_function: PF };

function schedule(fields: Partial<Schedule>): Schedule {
  const nobody = { fitting: 0, hosts: [], rejected: 0, reasons: [], rejections: [] };
  return { vm: { id: 'm1', name: 'vm-1' }, ...nobody, ...fields };
}

function rejection(name: string): Schedule['rejections'][number] {
  return {
    host: { id: name, name },
    causes: [
      {
        ...{
          code: 'NO_SUITABLE_VF',
          text: 'no physical function can serve them all',
          vnics: [ETH0, ETH1],
          network: null,
        },
        physical_functions: [
          {
            ...{ ...PF, pci_address: '0000:05:00.0', free_vfs: 1 },
            reasons: [
              { code: 'NO_FREE_VF', text: 'no VF is free' },
              { code: 'NETWORK_NOT_ALLOWED', text: 'red is not allowed' },
            ],
          },
        ],
      },
    ],
  };
}

describe('the text of a schedule', () => {
  it('for one host that fits names the VF of each vNIC', () => {
    const assignments = [
      { vnic: ETH0, vf },
      { vnic: ETH1, vf: null },
    ];
    const hosts = [{ host: { id: 'h1', name: 'alpha' }, assignments }];
    expect(scheduleText(schedule({ fitting: 1, hosts }))).toBe(
      [
        '1 host of 1 can run vm-1:',
        '',
        'HOST   VNIC  VF                   PHYSICAL FUNCTION',
        'alpha  eth0  0000:05:10.0         enp5s0f0',
        'alpha  eth1  none; on the bridge  -',
      ].join('\n'),
    );
  });

  it('for a virtual machine that needs no VF names the hosts alone', () => {
    const hosts = [{ host: { id: 'h1', name: 'alpha' }, assignments: [] }];
    expect(scheduleText(schedule({ fitting: 1, hosts }))).toMatch(/\nalpha +- +- +-$/);
  });

  it('for one host that does not fit tells why each physical function fell away', () => {
    const reasons = [{ code: 'NO_SUITABLE_VF', hosts: 1 }];
    expect(scheduleText(schedule({ rejected: 1, reasons, rejections: [rejection('alpha')] }))).toBe(
      [
        '0 hosts of 1 can run vm-1',
        '',
        '1 host cannot:',
        '',
        'REASON          HOSTS',
        'NO_SUITABLE_VF  1',
        '',
        'HOST   VNICS       PHYSICAL FUNCTION  FREE  WHY NOT',
        'alpha  eth0, eth1  -                  -     no physical function can serve them all',
        'alpha  eth0, eth1  enp5s0f0           1     no VF is free; red is not allowed',
      ].join('\n'),
    );
  });

  it('for ten thousand hosts stays as long as what is told of them', () => {
    const assignments = [{ vnic: ETH0, vf }];
    const hosts = Array.from({ length: 10 }, (_, i) => ({ host: { id: `h${i}`, name: `h${i}` }, assignments }));
    const rejections = Array.from({ length: 20 }, (_, i) => rejection(`r${i}`));
    const reasons = [{ code: 'NO_SUITABLE_VF', hosts: 9958 }];
    const text = scheduleText(schedule({ fitting: 42, hosts, rejected: 9958, reasons, rejections }));
    expect(text).toContain('42 hosts of 10000 can run vm-1; the best 10:\n');
    expect(text).toContain('9958 hosts cannot; the closest 20:\n');
    expect(text.split('\n').length).toBeLessThan(70);
  });
});
