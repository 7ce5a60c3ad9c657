import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';

const FOLDER = '/var/lib/small-guest';
/** The kernel of this machine, as its boot loader would load it. */
const KERNEL = '/boot/vmlinuz';
/** For the power button; PCI hot unplug is in the kernel itself. */
const MODULES = ['button', 'evdev'];

export type SmallGuest = { kernel: string; initrd: string; commandLine: string };

/**
 * A Linux with busybox to run inside of a domain. Its kernel is unpacked already, so that the domain enters it directly:
 * to unpack it under nested emulation takes longer than to boot it.
 */
export function makeSmallGuest(): SmallGuest {
  const root = `${FOLDER}/root`;
  for (const folder of ['bin', 'dev', 'mod', 'proc', 'sys']) mkdirSync(`${root}/${folder}`, { recursive: true });
  const kernel = `${FOLDER}/vmlinux`;
  writeFileSync(kernel, unpacked(readFileSync(KERNEL)));
  copyFileSync('/usr/bin/busybox', `${root}/bin/busybox`);
  copyFileSync('/out/small-guest-init.sh', `${root}/init`);
  execFileSync('chmod', ['755', `${root}/init`]);
  const release = execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim();
  for (const [index, name] of MODULES.entries()) {
    const [file = ''] = execFileSync('find', [`/usr/lib/modules/${release}`, '-name', `${name}.ko`], {
      encoding: 'utf8',
    }).split('\n');
    copyFileSync(file, `${root}/mod/${index}-${name}.ko`);
  }
  const initrd = `${FOLDER}/initrd.cpio`;
  const files = execFileSync('find', ['.'], { cwd: root });
  execFileSync('busybox', ['cpio', '-o', '-H', 'newc'], {
    cwd: root,
    input: files,
    stdio: ['pipe', openSync(initrd, 'w'), 'ignore'],
  });
  const quick = 'nokaslr mitigations=off no_timer_check lpj=4000000 ipv6.disable=1 initcall_blacklist=jent_mod_init';
  return { kernel, initrd, commandLine: `console=ttyS0 quiet panic=-1 ${quick}` };
}

/** The payload of a bzImage by the boot protocol: `setup_sects`, `payload_offset`, `payload_length`; its size follows it. */
function unpacked(image: Buffer): Buffer {
  const start = (image.readUInt8(0x1f1) + 1) * 512 + image.readUInt32LE(0x248);
  return zstdDecompressSync(image.subarray(start, start + image.readUInt32LE(0x24c) - 4));
}
