import type { MacAddress } from '@vfleet/contracts/vocabulary/mac';
import type { KernelFiles } from './kernel-files.ts';
import { type NetLink, netLink } from './net-links.ts';
import { permanentMacOf } from './nic-reports.ts';
import type { PciDevice } from './pci-devices.ts';
import { isRepresentor } from './representors.ts';
import type { RunCommand } from './run-command.ts';

/** A netdev of a device's own. Its index stays when udev renames it, and no other netdev is given it. */
export type OwnNetdev = { name: string; index: string; mac: MacAddress | null };

/** What is known of netdevs beyond their names. */
export type OwnNetdevs = {
  /** The netdev by which a PF is set, and which bears its VfsConfig: the first of its own by name. */
  nicOf(pf: PciDevice): Promise<OwnNetdev | null>;
  /** Takes in what a full look at the links has shown, in the place of everything known before. */
  learn(links: readonly NetLink[]): void;
};

type Known = { isOwn: boolean; mac: MacAddress | null };

/**
 * Tells a PF's own netdevs from the representors that lie beside them in switchdev mode. Each netdev is asked of once
 * and known by its index from then on, so that polling a PF starts no program and waits for no lock: sysfs would wait
 * for rtnl with every read of a port's name.
 */
export function ownNetdevs({ files, run }: { files: KernelFiles; run: RunCommand }): OwnNetdevs {
  const known = new Map<string, Known>();

  async function look(name: string, index: string): Promise<Known | undefined> {
    const earlier = known.get(index);
    if (earlier) return earlier;
    const link = await netLink(run, name);
    if (link) known.set(String(link.ifindex), knownOf(link));
    return known.get(index);
  }

  return {
    nicOf: async ({ netdevs }) => {
      for (const name of netdevs ?? []) {
        const index = files.now.text(`sys/class/net/${name}/ifindex`);
        const found = index === undefined ? undefined : await look(name, index);
        if (index !== undefined && found?.isOwn) return { name, index, mac: found.mac };
      }
      return null;
    },
    learn: (links) => {
      known.clear();
      for (const link of links) known.set(String(link.ifindex), knownOf(link));
    },
  };
}

function knownOf(link: NetLink): Known {
  return { isOwn: !isRepresentor(link), mac: permanentMacOf(link) };
}
