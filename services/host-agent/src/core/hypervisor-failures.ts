/** What an administrator is told of a refusal of the hypervisor, beside its own words. */
export type HypervisorFailure = { code: string; remedy: string };

export const LIBVIRT_AWAY: HypervisorFailure = {
  code: 'LIBVIRT_AWAY',
  remedy:
    'Look at systemctl status libvirtd (or virtqemud where libvirt has a daemon for each hypervisor) on the host, and start it; guests run on without it. Where a host is to run no guests, set VFLEET_HYPERVISOR=none of its agent.',
};

/** Which words of libvirt or QEMU mean what. The first row that fits tells. */
const MEANINGS: readonly ({ said: RegExp } & HypervisorFailure)[] = [
  { said: /failed to connect to the hypervisor|failed to connect socket|client socket is closed/i, ...LIBVIRT_AWAY },
  { said: /disconnected from|end of file while reading data|cannot recv data/i, ...LIBVIRT_AWAY },
  {
    said: /unmanaged PCI device .* must be manually detached/i,
    code: 'VF_NOT_BOUND',
    remedy:
      'Another program took the virtual function from vfio-pci: see what binds drivers on the host (driverctl, udev rules). Then start the virtual machine again.',
  },
  {
    said: /is not viable/i,
    code: 'VF_GROUP_SHARED',
    remedy:
      'The virtual function shares its IOMMU group with a device that the host uses. Use a slot with ACS, or enable ACS in the BIOS.',
  },
  {
    said: /failed to set iommu.*(not permitted|not allowed)|no interrupt remapping|allow_unsafe_interrupts/i,
    code: 'INTERRUPTS_NOT_REMAPPED',
    remedy:
      'Enable interrupt remapping (VT-d, x2APIC) in the BIOS; where the chipset has none, load vfio_iommu_type1 with allow_unsafe_interrupts=1 if its guests are trusted.',
  },
  {
    said: /VFIO_MAP_DMA|vfio_dma_map|cannot (lock|limit locked) memory/i,
    code: 'GUEST_MEMORY_NOT_LOCKED',
    remedy:
      'A guest with passed through devices has all its memory locked: free memory on the host, or raise <memtune><hard_limit> of the definition.',
  },
  {
    said: /error opening \/dev\/vfio\/|vfio.*device or resource busy/i,
    code: 'VF_OPEN',
    remedy: 'A process has the virtual function open through vfio: see the device list for which, and end it.',
  },
  {
    said: /device .* not found: could not access/i,
    code: 'VF_MISSING',
    remedy: 'The virtual function is gone from the host: look at its PF in the host device table.',
  },
  {
    said: /cannot get interface mtu on|unable to add bridge|cannot find network|no such bridge/i,
    code: 'BRIDGE_MISSING',
    remedy:
      'Make the bridge on the host: it carries the name of the network, or the one told in VFLEET_BRIDGES of the agent.',
  },
  {
    said: /no more available PCI slots|no available PCI (slot|address)|no free .*(slot|port)|not hotpluggable|does not support hotplug/i,
    code: 'NO_GUEST_SLOT',
    remedy:
      "Give the definition free slots for hot plug: with machine type q35, a <controller type='pci' model='pcie-root-port'/> for each.",
  },
  {
    said: /per-device boot elements cannot be used together|boot order .* (is already|used)/i,
    code: 'DOMAIN_XML_BOOT_ORDER',
    remedy: 'Give each device of the definition and each vNIC a boot order of its own, and take <os><boot> out.',
  },
  {
    said: /already exists with uuid|is already active|is already defined with uuid/i,
    code: 'DOMAIN_NAME_TAKEN',
    remedy:
      'A domain with this name or uuid is on the host: see virsh list --all. Give the definition another <name> and <uuid>, or remove that domain.',
  },
  {
    said: /XML document failed to validate|XML error|unsupported configuration/i,
    code: 'DOMAIN_XML_REFUSED',
    remedy: 'Correct the definition of the virtual machine; virt-xml-validate of libvirt-clients checks it.',
  },
  {
    said: /unsafe migration|without shared storage/i,
    code: 'STORAGE_NOT_SHARED',
    remedy: "Put the disks on storage that both hosts share, with <driver cache='none'/>.",
  },
  {
    said: /unable to connect to server at|unable to resolve address|certificate|TLS/i,
    code: 'DESTINATION_UNREACHABLE',
    remedy:
      "libvirt of this host has to reach that of the destination: look at VFLEET_MIGRATION_URI of the agent, libvirt's certificates (/etc/pki/libvirt), name resolution and the firewall (ports 16514 and 49152-49215).",
  },
  {
    said: /could not access KVM kernel module|kvm.*permission denied/i,
    code: 'NO_KVM',
    remedy: 'Enable virtualization in the BIOS, load kvm_intel or kvm_amd, and give libvirt the rights on /dev/kvm.',
  },
];

/** F53: libvirt counts a device to a domain that does not have it. */
export const STALE_IN_USE: HypervisorFailure = {
  code: 'LIBVIRT_COUNTS_WRONG',
  remedy:
    'libvirt counts the device to a domain that does not have it, as after it was removed from under it. Restart libvirtd (or virtqemud): guests run on. Then start the virtual machine again.',
};

/** A device that another domain has. */
export const IN_USE: HypervisorFailure = {
  code: 'VF_IN_USE_BY_DOMAIN',
  remedy: 'Stop that domain, or take the device out of it.',
};

/** What a refusal means, with what to do; undefined when its words alone have to tell. */
export function explainHypervisor(message: string): HypervisorFailure | undefined {
  const meaning = MEANINGS.find(({ said }) => said.test(message));
  return meaning && { code: meaning.code, remedy: meaning.remedy };
}

/** The device and the domain of a refusal because a device is in use. */
export function inUseBy(message: string): { device: string; domain: string } | undefined {
  const found = /PCI device ([0-9a-f:.]+) is in use by driver QEMU, domain (.+?)\s*$/m.exec(message);
  return found?.[1] && found[2] ? { device: found[1], domain: found[2] } : undefined;
}
