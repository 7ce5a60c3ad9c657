import type { Clock } from '@vfleet/process/clock';
import type { Guests } from '../../guests.ts';
import { kernelChildren } from './kernel-children.ts';
import { kernelFiles } from './kernel-files.ts';
import type { RunCommand } from './run-command.ts';
import { vfBinding } from './vf-binding.ts';
import { vfProperties } from './vf-properties.ts';

/** What prepares the VFs of this Linux machine, or of the one whose files lie below `root`: sysfs and iproute2. */
export function linuxVfs({
  root,
  lockDir,
  run,
  clock,
}: {
  root: string;
  lockDir: string;
  run: RunCommand;
  clock: Clock;
}): Pick<Guests, 'lookAtVf' | 'setVf' | 'bindVf'> {
  const files = kernelFiles(root);
  const children = kernelChildren({ lockDir, run, clock });
  return { ...vfProperties({ files, run, clock }), ...vfBinding({ root, files, children, run, clock }) };
}
