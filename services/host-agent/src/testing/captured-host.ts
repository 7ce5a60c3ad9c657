import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@vfleet/process/clock';
import { REAL_SRIOV, writeSysfsTree } from '../../../../test/fixtures/sysfs-tree.ts';
import { commandRunner, type RunCommand } from '../adapters/linux/run-command.ts';
import { linuxHost } from '../adapters/linux-host.ts';
import type { Host } from '../host.ts';

/** Captures of sysfs, each with what `ip -d -j link` and `ip -j addr` said in that state; real-sriov/README.md tells more. */
const CAPTURES = {
  'before-vfs': { sysfs: 'sysfs-0-before-vfs.json', links: 'ip-d-j-link-1-fresh-vfs.json' },
  'vfs-created': { sysfs: 'sysfs-1-vfs-created.json', links: 'ip-d-j-link-1-fresh-vfs.json' },
  'vfs-in-use': { sysfs: 'sysfs-2-vfs-in-use.json', links: 'ip-d-j-link-3-in-use.json' },
  'vf-in-domain': { sysfs: 'vf-in-domain/sysfs-3-vf-in-domain.json', links: 'ip-d-j-link-1-fresh-vfs.json' },
  'nvme-pf': { sysfs: 'sysfs-4-nvme-pf.json', links: 'ip-d-j-link-other.json' },
  'dual-port': { sysfs: 'sysfs-5-dualport.json', links: 'ip-d-j-link-dualport.json' },
  'bond-bridge': { sysfs: 'sysfs-6-bond-bridge.json', links: 'ip-d-j-link-bond-bridge.json' },
} as const;

const ADDRESSES: Record<string, string> = {
  'ip-d-j-link-1-fresh-vfs.json': 'ip-j-addr.json',
  'ip-d-j-link-3-in-use.json': 'ip-j-addr-3-in-use.json',
};

/** As `/proc/interrupts` of the captured machine has them. */
const INTERRUPT_CHIPS = { 0: 'IR-IO-APIC', 24: 'DMAR-MSI', 25: 'IR-PCI-MSIX-0000:80:00.0' };

/** `/proc/1/ns/pid` where all processes can be seen. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

export type CaptureName = keyof typeof CAPTURES;
export const CAPTURE_NAMES = Object.keys(CAPTURES) as CaptureName[];

export type CapturedHost = {
  host: Host;
  /** The folder that stands for `/`. */
  root: string;
  /** Answers as the machine's programs do. */
  run: RunCommand;
  /** The programs that were run, with their arguments. */
  ran: string[][];
  /** Adds a process with these files open, as proc shows it. */
  addProcess(process: { pid: number; comm: string; commandLine?: string[]; open?: string[] }): Promise<void>;
  close(): Promise<void>;
};

/**
 * linux-host on a copy of a real machine's files, with what the machine's programs answered. flock is the real one.
 * `/sys` is written once for a capture and shared, so a test may not write there; proc and /run are its own.
 */
export async function openCapturedHost(name: CaptureName): Promise<CapturedHost> {
  const root = await mkdtemp(join(tmpdir(), 'vfleet-host-'));
  await symlink(join(sysfsOf(name), 'sys'), join(root, 'sys'));
  await writeMachine(root);
  const ran: string[][] = [];
  const run = await capturedPrograms(name, root, ran);
  const host = linuxHost({ root, run });
  return {
    host,
    root,
    run,
    ran,
    addProcess: (process) => writeProcess(root, process),
    close: async () => {
      await host.close();
      await rm(root, { recursive: true });
    },
  };
}

const written = new Map<CaptureName, string>();

/** Removes what the captures of this process have put on the disk. */
export function removeCaptures(): void {
  for (const folder of written.values()) rmSync(folder, { recursive: true });
  written.clear();
}

function sysfsOf(name: CaptureName): string {
  const known = written.get(name);
  if (known) return known;
  const folder = mkdtempSync(join(tmpdir(), 'vfleet-sysfs-'));
  writeSysfsTree(CAPTURES[name].sysfs, folder);
  mkdirSync(join(folder, 'sys/class/dmi/id'), { recursive: true });
  writeFileSync(join(folder, 'sys/class/dmi/id/sys_vendor'), 'QEMU\n');
  writeFileSync(join(folder, 'sys/class/dmi/id/product_name'), 'SRIOV-lab\n');
  for (const [irq, chip] of Object.entries(INTERRUPT_CHIPS)) {
    mkdirSync(join(folder, 'sys/kernel/irq', irq), { recursive: true });
    writeFileSync(join(folder, 'sys/kernel/irq', irq, 'chip_name'), `${chip}\n`);
  }
  written.set(name, folder);
  return folder;
}

/** What is the same in all captures: the machine of the README, and a proc without processes. */
async function writeMachine(root: string): Promise<void> {
  const put = async (path: string, text: string) => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  };
  await put('proc/sys/kernel/random/boot_id', '5f0c2f39-9a5b-4a0e-8f6d-2c7f7f1f6b11\n');
  await put('proc/sys/kernel/osrelease', '6.12.107+deb13-amd64\n');
  await put('usr/share/misc/pci.ids', await readFile(join(REAL_SRIOV, '../pci.ids'), 'utf8'));
  await mkdir(join(root, 'proc/1/ns'), { recursive: true });
  await symlink(FIRST_PID_NAMESPACE, join(root, 'proc/1/ns/pid'));
  await writeProcess(root, { pid: 1, comm: 'systemd' });
}

async function writeProcess(
  root: string,
  { pid, comm, commandLine = [comm], open = [] }: Parameters<CapturedHost['addProcess']>[0],
): Promise<void> {
  const folder = join(root, 'proc', String(pid));
  await mkdir(join(folder, 'fd'), { recursive: true });
  await writeFile(join(folder, 'comm'), `${comm}\n`);
  await writeFile(join(folder, 'cmdline'), `${commandLine.join('\0')}\0`);
  for (const [descriptor, target] of open.entries()) await symlink(target, join(folder, 'fd', String(descriptor)));
}

async function capturedPrograms(name: CaptureName, root: string, ran: string[][]): Promise<RunCommand> {
  const real = commandRunner(systemClock());
  const links = await capturedLinks(name, root);
  const ethtool = /firmware-version: .*/.exec(await readFile(join(REAL_SRIOV, 'ethtool-devlink.txt'), 'utf8'))?.[0];
  const answer = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });
  return async (program, args) => {
    ran.push([program, ...args]);
    switch (program) {
      case 'ip': {
        const nic = args[args.indexOf('dev') + 1];
        return answer(JSON.stringify(args.includes('dev') ? links.filter(({ ifname }) => ifname === nic) : links));
      }
      case 'ethtool':
        return answer(`driver: igb\n${ethtool}\n`);
      case 'modprobe':
        return answer(args.includes('--resolve-alias') ? 'igbvf\n' : 'insmod /lib/modules/igbvf.ko\n');
      default:
        return real(program, args);
    }
  };
}

/** As `ip -d -j addr` joins them. A capture without VFs has links of VFs that came later: sysfs tells who is there. */
async function capturedLinks(name: CaptureName, root: string): Promise<{ ifname: string }[]> {
  const { links } = CAPTURES[name];
  const read = async (file: string): Promise<{ ifname: string }[]> =>
    JSON.parse(await readFile(join(REAL_SRIOV, file), 'utf8'));
  const present = await readdir(join(root, 'sys/class/net'));
  const addresses = ADDRESSES[links] ? await read(ADDRESSES[links]) : [];
  return (await read(links))
    .filter(({ ifname }) => present.includes(ifname))
    .map((link) => ({ ...link, ...addresses.find(({ ifname }) => ifname === link.ifname) }));
}
