import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { Change, Guests, PreparedVf } from '../../guests.ts';
import { findVf } from './find-vf.ts';
import type { KernelFiles } from './kernel-files.ts';
import type { PciDevice } from './pci-devices.ts';
import { rtnetlinkErrno } from './rtnetlink-errno.ts';
import type { RunCommand } from './run-command.ts';
import { CommandFailed, type Ended } from './run-to-end.ts';
import { vfArguments } from './vf-arguments.ts';
import { vfSettingsIn } from './vf-info.ts';
import { vfPorts } from './vf-port.ts';

/** How long the kernel may tell nothing of a VF that is there, as after VFs were made or netdevs renamed. */
const LOOKS = 10;
const PAUSE_MS = 200;

/** Why a look shows nothing yet. */
type NotYet = { problem: string };

/**
 * What is set on VFs, through the netdevs of their PFs and `ip`. Where `ip` does not name a VF that is there, it is looked
 * at again for two seconds, and then CommandFailed is thrown: such a VF cannot be proved clean.
 */
export function vfProperties({
  files,
  run,
  clock,
}: {
  files: KernelFiles;
  run: RunCommand;
  clock: Clock;
}): Pick<Guests, 'lookAtVf' | 'setVf'> {
  const portOf = vfPorts(files);

  return {
    lookAtVf: async (address) => {
      for (let looked = 1; ; looked++) {
        const seen = await look(address);
        if (!seen || !('problem' in seen)) return seen;
        if (looked === LOOKS) throw new CommandFailed(seen.problem);
        await clock.sleep(PAUSE_MS);
      }
    },
    setVf: async (address, settings) => {
      const args = vfArguments(settings);
      for (const _ of ['first', 'again']) {
        const change = await set(address, args);
        if (change !== 'renamed') return change;
      }
      throw new CommandFailed(`the netdev of the PF of ${address} was renamed again while the VF was being set`);
    },
  };

  async function look(address: PciAddress): Promise<PreparedVf | NotYet | undefined> {
    const found = findVf(files, address);
    if (!found) return undefined;
    if (found === 'unlinked') return { problem: `no PF has a link to ${address}, though it is a VF` };
    const { pf, vf, index } = found;
    const { pfNetdev, netdev } = await portOf(found);
    if (pfNetdev === null) {
      return {
        problem: `nothing can be told of ${address}: its PF ${pf.address} has no netdev in this network namespace`,
      };
    }
    const command = ['-j', '-d', 'link', 'show', 'dev', pfNetdev];
    const ended = await run('ip', command);
    if (ended.exitCode !== 0) return { problem: failureOf(command, ended) };
    if (!(await isNetdevOf(pf, pfNetdev))) return { problem: `${pfNetdev} of ${pf.address} is being renamed` };
    const settings = vfSettingsIn(ended.stdout, index);
    if (!settings) return { problem: `ip tells nothing of VF ${index} of ${pfNetdev}, which is ${address}` };
    return { pciAddress: address, pfAddress: pf.address, driver: vf.driver, netdev, settings };
  }

  /** One command through the PF's netdev as it is named now; `renamed` when that is not its name any more afterwards. */
  async function set(address: PciAddress, args: readonly string[]): Promise<Change | 'renamed'> {
    const found = findVf(files, address);
    if (!found || found === 'unlinked') return { kind: 'errno', errno: 'ENODEV' };
    if (args.length === 0) return { kind: 'done' };
    const { pfNetdev } = await portOf(found);
    if (pfNetdev === null) return { kind: 'errno', errno: 'ENODEV' };
    const command = ['link', 'set', 'dev', pfNetdev, 'vf', String(found.index), ...args];
    const ended = await run('ip', command);
    if (!(await isNetdevOf(found.pf, pfNetdev))) return 'renamed';
    if (ended.exitCode === 0) return { kind: 'done' };
    const errno = rtnetlinkErrno(ended);
    if (errno === null) throw new CommandFailed(failureOf(command, ended));
    return { kind: 'errno', errno };
  }

  /** Whether a netdev is the PF's still: udev may have given its name to another one. */
  async function isNetdevOf({ address }: PciDevice, netdev: string): Promise<boolean> {
    return (await files.link(`sys/class/net/${netdev}`))?.split('/').includes(address) ?? false;
  }
}

function failureOf(command: readonly string[], { exitCode, stderr }: Ended): string {
  return `ip ${command.join(' ')} ended with ${exitCode}: ${stderr || 'no message'}`;
}
