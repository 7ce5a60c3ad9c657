import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { linuxHost } from '../adapters/linux-host.ts';
import type { Host } from '../host.ts';

/** A netdev of a PCI device: what `ip` says of it beyond what every netdev has. */
export type MadeNetdev = { name: string; link?: Record<string, unknown> };

/** A PCI device as sysfs shows it; what is left out is as on a network card with a driver. */
export type MadeDevice = {
  class?: string;
  driver?: string | null;
  netdevs?: MadeNetdev[];
  /** VFs, by the numbers of their links. */
  vfs?: Record<number, string>;
  totalVfs?: number;
  physfn?: string;
  /** More files, below the device's folder. */
  files?: Record<string, string>;
};

export type MadeMachine = {
  host: Host;
  /** The folder that stands for `/`. */
  root: string;
  /** The programs that were run, with their arguments. */
  ran: string[][];
  close(): Promise<void>;
};

/**
 * linux-host on a machine made by hand, for what no capture shows. `links` are netdevs without PCI device. `answers`
 * replaces what `ip` says, call by call; the last one stays.
 */
export async function openMadeMachine({
  devices,
  links = [],
  files = {},
  answers,
}: {
  devices: Record<string, MadeDevice>;
  links?: Record<string, unknown>[];
  files?: Record<string, string>;
  answers?: (every: object[]) => string[];
}): Promise<MadeMachine> {
  const root = await mkdtemp(join(tmpdir(), 'vfleet-made-'));
  const every: (Record<string, unknown> & { ifname: unknown })[] = [];
  const addLink = (link: Record<string, unknown>) => {
    every.push({ ifindex: every.length + 1, ...PLAIN_LINK, ifname: '', ...link });
    return every.length;
  };
  const write = async (path: string, text: string) => {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const point = async (path: string, target: string) => {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await symlink(target, join(root, path));
  };

  for (const [address, made] of Object.entries(devices)) {
    const folder = `sys/devices/pci0000:00/0000:00:01.0/${address}`;
    await point(`sys/bus/pci/devices/${address}`, `../../../devices/pci0000:00/0000:00:01.0/${address}`);
    const { driver = 'mlx5_core', netdevs = [], vfs = {}, physfn } = made;
    const texts = {
      class: made.class ?? '0x020000',
      vendor: '0x15b3',
      device: physfn ? '0x101e' : '0x101d',
      numa_node: '0',
      ...(made.totalVfs === undefined ? {} : { sriov_totalvfs: String(made.totalVfs), sriov_drivers_autoprobe: '1' }),
      ...made.files,
    };
    for (const [name, text] of Object.entries(texts)) await write(`${folder}/${name}`, `${text}\n`);
    if (driver !== null) await point(`${folder}/driver`, `../../../../bus/pci/drivers/${driver}`);
    if (physfn) await point(`${folder}/physfn`, `../${physfn}`);
    for (const [index, vf] of Object.entries(vfs)) await point(`${folder}/virtfn${index}`, `../${vf}`);
    for (const { name, link } of netdevs) {
      const index = addLink({ ifname: name, ...link });
      await write(`${folder}/net/${name}/ifindex`, `${index}\n`);
      await write(`${folder}/net/${name}/flags`, '0x1003\n');
      await write(`${folder}/net/${name}/operstate`, 'up\n');
      await point(`sys/class/net/${name}`, `../../../${folder}/net/${name}`);
    }
  }
  links.forEach(addLink);
  for (const [path, text] of Object.entries(files)) await write(path, text);

  const ran: string[][] = [];
  const said = answers?.(every) ?? [];
  const host = linuxHost({
    root,
    run: async (program, args) => {
      ran.push([program, ...args]);
      if (program !== 'ip') return { exitCode: 1, stdout: '', stderr: 'not here' };
      const name = args.includes('dev') ? args[args.indexOf('dev') + 1] : undefined;
      if (name !== undefined) {
        return { exitCode: 0, stdout: JSON.stringify(every.filter(({ ifname }) => ifname === name)), stderr: '' };
      }
      const [next = JSON.stringify(every)] = said.length > 1 ? said.splice(0, 1) : said;
      return { exitCode: 0, stdout: next, stderr: '' };
    },
  });
  return {
    host,
    root,
    ran,
    close: async () => {
      await host.close();
      await rm(root, { recursive: true });
    },
  };
}

const PLAIN_LINK = {
  flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
  mtu: 1500,
  link_type: 'ether',
  address: '02:00:00:00:00:01',
};
