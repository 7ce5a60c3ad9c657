import { expect, it } from 'vitest';
import { HypervisorSettings } from './hypervisor-settings.ts';

it('drives libvirt of this host unless it is told otherwise', () => {
  expect(HypervisorSettings.parse({})).toEqual({
    VFLEET_HYPERVISOR: 'auto',
    LIBVIRT_URI: 'qemu:///system',
    VFLEET_MIGRATION_URI: 'qemu+tls://{host}/system',
    VFLEET_BRIDGES: new Map(),
  });
});

it('reads bridges of networks, also of names with = and blanks in them', () => {
  const { VFLEET_BRIDGES: bridges } = HypervisorSettings.parse({ VFLEET_BRIDGES: 'red=br0, a = b net=br-1,' });
  expect([...bridges]).toEqual([
    ['red', 'br0'],
    ['a = b net', 'br-1'],
  ]);
});

it.each([
  { VFLEET_HYPERVISOR: 'xen' },
  { VFLEET_BRIDGES: 'red' },
  { VFLEET_BRIDGES: '=br0' },
  { VFLEET_BRIDGES: 'red=' },
  { VFLEET_MIGRATION_URI: 'qemu+tls://host/system' },
])('refuses %o', (given) => {
  expect(HypervisorSettings.safeParse(given).success).toBe(false);
});
