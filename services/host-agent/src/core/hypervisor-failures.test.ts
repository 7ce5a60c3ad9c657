import { expect, it } from 'vitest';
import { explainHypervisor, inUseBy } from './hypervisor-failures.ts';

/** What libvirt 9.0 and 11.3 and QEMU 7.2 and 10.0 say. */
it.each([
  ["Failed to connect socket to '/var/run/libvirt/virtqemud-sock': No such file or directory", 'LIBVIRT_AWAY'],
  ['Disconnected from qemu:///system due to end of file', 'LIBVIRT_AWAY'],
  ['Unmanaged PCI device 0000:41:10.0 must be manually detached from the host', 'VF_NOT_BOUND'],
  ['vfio 0000:41:10.0: group 5 is not viable', 'VF_GROUP_SHARED'],
  ['vfio 0000:41:10.0: error opening /dev/vfio/5: Device or resource busy', 'VF_OPEN'],
  [
    'vfio 0000:41:10.0: failed to setup container for group 5: Failed to set iommu for container: Operation not permitted',
    'INTERRUPTS_NOT_REMAPPED',
  ],
  ['vfio_dma_map(0x55, 0x0, 0xa0000, 0x7f) = -12 (Cannot allocate memory)', 'GUEST_MEMORY_NOT_LOCKED'],
  [
    'Device 0000:41:10.0 not found: could not access /sys/bus/pci/devices/0000:41:10.0/config: No such file',
    'VF_MISSING',
  ],
  ["Cannot get interface MTU on 'red': No such device", 'BRIDGE_MISSING'],
  ['internal error: No more available PCI slots', 'NO_GUEST_SLOT'],
  [
    "operation failed: domain 'b-vm1' already exists with uuid 2663bf04-9602-4900-b698-c80f3e398730",
    'DOMAIN_NAME_TAKEN',
  ],
  ['XML document failed to validate against schema: Unable to validate doc', 'DOMAIN_XML_REFUSED'],
  [
    'unsupported configuration: per-device boot elements cannot be used together with os/boot elements',
    'DOMAIN_XML_BOOT_ORDER',
  ],
  ['Unsafe migration: Migration without shared storage is unsafe', 'STORAGE_NOT_SHARED'],
  ["unable to connect to server at 'bravo:16514': No route to host", 'DESTINATION_UNREACHABLE'],
  ["Cannot read CA certificate '/etc/pki/CA/cacert.pem': No such file or directory", 'DESTINATION_UNREACHABLE'],
  ['qemu unexpectedly closed the monitor: Could not access KVM kernel module: Permission denied', 'NO_KVM'],
])('%s: %s', (message, code) => {
  expect(explainHypervisor(message)).toMatchObject({ code, remedy: expect.stringMatching(/\.$/) });
});

it('leaves words that it does not know to tell for themselves', () => {
  expect(explainHypervisor('internal error: the moon is full')).toBeUndefined();
});

it('F53: reads which device libvirt counts to which domain', () => {
  const words = 'Requested operation is not valid: PCI device 0000:05:10.0 is in use by driver QEMU, domain a domain';
  expect(inUseBy(words)).toEqual({ device: '0000:05:10.0', domain: 'a domain' });
  expect(inUseBy('in use')).toBeUndefined();
});
