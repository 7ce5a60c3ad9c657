import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { bridgesBy } from '../core/bridge-of.ts';
import type { Guests } from '../guests.ts';
import type { Host } from '../host.ts';
import type { HypervisorSettings } from '../hypervisor-settings.ts';
import { hypervisorVersion } from './libvirt/hypervisor-version.ts';
import { virshOn } from './libvirt/virsh.ts';
import { libvirtDomains } from './libvirt-domains.ts';
import { linuxVfs } from './linux/linux-vfs.ts';
import { commandRunner } from './linux/run-command.ts';
import { LOCK_DIR, linuxHost } from './linux-host.ts';

const ROOT = '/';

/**
 * This machine, and what it can do for guests: null where no hypervisor is to be driven. libvirt may be away now and come
 * back later; whether virsh is installed is looked at once.
 */
export async function linuxMachine(
  settings: HypervisorSettings,
  { clock, log }: { clock: Clock; log: Log },
): Promise<{ host: Host; guests: Guests | null }> {
  if (!(await isDriven(settings))) return { host: linuxHost({ clock, log }), guests: null };
  const { LIBVIRT_URI: uri, VFLEET_MIGRATION_URI: migrationUri, VFLEET_BRIDGES: bridges } = settings;
  const lockDir = join(ROOT, LOCK_DIR);
  const virsh = virshOn(uri, { clock, lockDir });
  const run = commandRunner(clock);
  return {
    host: linuxHost({ clock, log, hypervisor: () => hypervisorVersion(virsh) }),
    guests: {
      ...linuxVfs({ root: ROOT, lockDir, run, clock }),
      ...libvirtDomains({ virsh, migrationUri, bridgeOf: bridgesBy(bridges), clock, log }),
    },
  };
}

async function isDriven({ VFLEET_HYPERVISOR: hypervisor }: HypervisorSettings): Promise<boolean> {
  if (hypervisor !== 'auto') return hypervisor === 'libvirt';
  const folders = (process.env.PATH ?? '/usr/bin:/bin').split(':');
  const found = await Promise.allSettled(folders.map((folder) => access(join(folder, 'virsh'), constants.X_OK)));
  return found.some(({ status }) => status === 'fulfilled');
}
