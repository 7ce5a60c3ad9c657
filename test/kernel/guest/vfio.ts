import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const DEVICES = '/sys/bus/pci/devices';

/** Takes a VF from its driver and gives it to vfio-pci, as libvirt does before a domain starts. */
export function bindToVfio(vf: string): void {
  writeFileSync(`${DEVICES}/${vf}/driver_override`, 'vfio-pci');
  writeFileSync(`${DEVICES}/${vf}/driver/unbind`, vf);
  writeFileSync('/sys/bus/pci/drivers_probe', vf);
}

/** Gives a VF back to the driver it had. */
export function bindBack(vf: string): void {
  writeFileSync(`${DEVICES}/${vf}/driver_override`, '\n');
  writeFileSync(`${DEVICES}/${vf}/driver/unbind`, vf);
  writeFileSync('/sys/bus/pci/drivers_probe', vf);
}

export type Holder = { pid: number; letGo(): Promise<void> };

/** A process that has the group of a VF open, which is enough to look like a virtual machine. */
export function holdGroup(vf: string): Promise<Holder> {
  return start('open(my $group, \'+<\', "/dev/vfio/$ARGV[0]") or die "group: $!";', [groupOf(vf)]);
}

/**
 * A process that has the device itself open as QEMU has it: what the kernel waits for without limit. Node has no
 * ioctl; perl has. The numbers are VFIO_GROUP_SET_CONTAINER, VFIO_SET_IOMMU (type 1) and VFIO_GROUP_GET_DEVICE_FD.
 */
export function holdDevice(vf: string): Promise<Holder> {
  const script = `
    open(my $container, '+<', '/dev/vfio/vfio') or die "container: $!";
    open(my $group, '+<', "/dev/vfio/$ARGV[0]") or die "group: $!";
    my $number = pack('i', fileno $container);
    defined ioctl($group, 0x3B68, $number) or die "set container: $!";
    defined ioctl($container, 0x3B66, 1) or die "set iommu: $!";
    my $name = $ARGV[1] . "\\0";
    defined ioctl($group, 0x3B6A, $name) or die "get device: $!";`;
  return start(script, [groupOf(vf), vf]);
}

function groupOf(vf: string): string {
  return basename(readlinkSync(`${DEVICES}/${vf}/iommu_group`));
}

async function start(script: string, args: string[]): Promise<Holder> {
  const child = spawn('perl', ['-e', `$| = 1; ${script} print "open\\n"; sleep 1000;`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error('the holder ended')))]);
  return {
    pid: child.pid as number,
    letGo: async () => {
      child.kill();
      await ended;
    },
  };
}
