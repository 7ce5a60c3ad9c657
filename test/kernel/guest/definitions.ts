import type { SmallGuest } from './small-guest.ts';

/** A domain as an administrator gives it in the VM: emulated, with as little as libvirt lets it have. */
function definition({ os = '', memoryMiB = 32, devices = '' }: { os?: string; memoryMiB?: number; devices?: string }) {
  return `<domain type='qemu'>
  <memory unit='MiB'>${memoryMiB}</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type>${os}</os>
  <features><acpi/></features>
  <on_reboot>destroy</on_reboot>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>${devices}
  </devices>
</domain>`;
}

/** Only firmware, which answers to nothing. */
export const WITHOUT_SYSTEM = definition({});

/** The disk of tiny-guest.ts, which several domains may have at once. */
export function tinyDomain(disk: string): string {
  const source = `<driver name='qemu' type='raw'/><source file='${disk}'/><target dev='hda' bus='ide'/><shareable/>`;
  return definition({ devices: `<disk type='file' device='disk'>${source}</disk>` });
}

/** The Linux of small-guest.ts; what it says on its console goes to a file. */
export function smallDomain({ kernel, initrd, commandLine }: SmallGuest, { console }: { console: string }): string {
  return definition({
    os: `<kernel>${kernel}</kernel><initrd>${initrd}</initrd><cmdline>${commandLine}</cmdline>`,
    memoryMiB: 96,
    devices: `<serial type='file'><source path='${console}'/></serial>`,
  });
}
