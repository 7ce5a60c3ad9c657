import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { FoundVf } from './find-vf.ts';
import type { KernelFiles } from './kernel-files.ts';
import { isRepresentor } from './representors.ts';

/** The netdevs at the two ends of a VF: its PF's, through which it is set, and its own; null where there is none here. */
export type VfPort = { pfNetdev: string | null; netdev: string | null };

/**
 * Finds the netdevs of VFs and their PFs, anew at each call: udev may rename them at any time. A PF with one netdev is
 * plain. Where one function has a netdev for each of its ports (mlx4), the PF's is the one whose `dev_port` is that of
 * the VF's own; a VF whose netdev is away, as on vfio, has the port it was last seen with, and the first one when it was
 * never seen. What represents VFs in switchdev mode lies beside the PF's own netdev and is passed over.
 */
export function vfPorts(files: KernelFiles): (found: FoundVf) => Promise<VfPort> {
  const lastPorts = new Map<PciAddress, number>();

  return async ({ vf, pf }) => {
    const own = await byPort(vf.netdevs ?? []);
    const port = own[0]?.port ?? lastPorts.get(vf.address);
    if (own[0]) lastPorts.set(vf.address, own[0].port);
    const netdevs = await byPort(await withoutRepresentors(pf.netdevs ?? []));
    const fitting = netdevs.length > 1 ? netdevs.find((each) => each.port === port) : undefined;
    return { pfNetdev: (fitting ?? netdevs[0])?.name ?? null, netdev: own[0]?.name ?? null };
  };

  async function withoutRepresentors(names: readonly string[]): Promise<readonly string[]> {
    if (names.length < 2) return names;
    const own = await Promise.all(names.map(async (name) => !(await represents(name))));
    return names.filter((_, at) => own[at]);
  }

  async function represents(netdev: string): Promise<boolean> {
    const [phys_port_name, phys_switch_id] = await Promise.all(
      ['phys_port_name', 'phys_switch_id'].map((name) => files.text(`sys/class/net/${netdev}/${name}`)),
    );
    return isRepresentor({ phys_port_name, phys_switch_id });
  }

  async function byPort(names: readonly string[]): Promise<{ name: string; port: number }[]> {
    const ports = await Promise.all(
      names.map(async (name) => ({ name, port: Number(await files.text(`sys/class/net/${name}/dev_port`)) || 0 })),
    );
    return ports.toSorted((a, b) => a.port - b.port);
  }
}
