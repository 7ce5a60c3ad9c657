import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';

/** The machine as it is seen from outside of VFleet: sysfs, `ip` and `virsh`. */
export const DEVICES = '/sys/bus/pci/devices';

/** Two PFs on NUMA node 0, one on node 1, by their netdevs. */
export const PFS = { ens11: '0000:41:00.0', ens13: '0000:42:00.0', ens12: '0000:81:00.0' } as const;
export type PfName = keyof typeof PFS;

const Link = z.object({
  flags: z.array(z.string()),
  vfinfo_list: z
    .array(
      z.object({
        vf: z.int(),
        address: z.string(),
        vlan_list: z.array(z.object({ vlan: z.int().default(0) })).optional(),
      }),
    )
    .default([]),
});

/** A VF: what is set on it through its PF, its driver, and its netdev here. */
export type SeenVf = { mac: string; vlan: number; driver: string | null; netdev: string | null };

/** The number of VFs of a PF, as the kernel tells it. */
export function existingVfs(pf: PfName): number {
  return Number(readFileSync(`${DEVICES}/${PFS[pf]}/sriov_numvfs`, 'utf8'));
}

export function writeNumVfs(pf: PfName, count: number): void {
  writeFileSync(`${DEVICES}/${PFS[pf]}/sriov_numvfs`, String(count));
}

/** The address of a VF by its index: its link is the only thing that tells. */
export function vfAddress(pf: PfName, index: number): string {
  return basename(readlinkSync(`${DEVICES}/${PFS[pf]}/virtfn${index}`));
}

/** The IOMMU group of a device, as the kernel numbers it in this boot. */
export function groupOf(address: string): string {
  return basename(readlinkSync(`${DEVICES}/${address}/iommu_group`));
}

export function seeVf(pf: PfName, index: number): SeenVf {
  const info = linkOf(pf).vfinfo_list.find(({ vf }) => vf === index);
  if (!info) throw new Error(`ip shows no VF ${index} of ${pf}`);
  const device = `${DEVICES}/${vfAddress(pf, index)}`;
  return {
    mac: info.address,
    vlan: info.vlan_list?.[0]?.vlan ?? 0,
    driver: unlessAbsent(() => basename(readlinkSync(`${device}/driver`))),
    netdev: unlessAbsent(() => readdirSync(`${device}/net`)[0] ?? null),
  };
}

export function isUp(nic: string): boolean {
  return linkOf(nic).flags.includes('UP');
}

export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8' });
}

export function virsh(...args: string[]): string {
  return execFileSync('virsh', ['-c', 'qemu:///system', ...args], { encoding: 'utf8' });
}

/** The state of every domain that libvirt shows, by name. */
export function domains(): Record<string, string> {
  const lines = virsh('list', '--all').split('\n').slice(2);
  const rows = lines.map((line) => line.trim().split(/\s{2,}/)).filter((row) => row.length === 3);
  return Object.fromEntries(rows.map(([, name, state]) => [name, state]));
}

/** Runs a command; its status and all it said. */
export function run(command: string, ...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

function linkOf(nic: string): z.infer<typeof Link> {
  const [link] = JSON.parse(ip('-j', '-d', 'link', 'show', 'dev', nic));
  return Link.parse(link);
}

function unlessAbsent<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
