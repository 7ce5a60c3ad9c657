import type { Clock } from '@vfleet/process/clock';
import type { KernelFiles } from './kernel-files.ts';
import type { OwnNetdev } from './own-netdevs.ts';
import { rememberFor } from './remember-for.ts';
import type { RunCommand } from './run-command.ts';
import { CommandFailed } from './run-to-end.ts';

/** Firmware changes by a flash and a reset, VF drivers by a package: none of it within minutes. */
const FIRMWARE_AGE_MS = 10 * 60_000;
const VF_DRIVER_AGE_MS = 60_000;

export type PfFacts = {
  /** Firmware of the card behind a netdev; null when the driver names none or ethtool is not there. */
  firmware(nic: Pick<OwnNetdev, 'name' | 'index'>): Promise<string | null>;
  /**
   * Whether a driver of this host takes a device of this modalias, loaded or not, and none is kept from it by a
   * blacklist. True when that cannot be found out: then netdevs are awaited, and one that never comes is told.
   */
  driverAvailable(modalias: string): Promise<boolean>;
};

/** What programs of the host know of a PF and sysfs does not. Remembered, so that polling a PF starts no programs. */
export function pfFacts({ files, run, clock }: { files: KernelFiles; run: RunCommand; clock: Clock }): PfFacts {
  const firmware = rememberFor({ maxAgeMs: FIRMWARE_AGE_MS, clock }, (nic) => firmwareOf(run, nameIn(nic)));
  return {
    // Under both: a name alone may be that of another card since (F18).
    firmware: ({ name, index }) => firmware(`${index} ${name}`),
    driverAvailable: rememberFor({ maxAgeMs: VF_DRIVER_AGE_MS, clock }, (modalias) => hasDriver(run, files, modalias)),
  };
}

/** `pci:v00008086d000010C9sv…` of a PF as it is for its VFs, whose device id is another. */
export function vfModalias(pfModalias: string, vfDeviceId: string): string {
  const id = vfDeviceId.replace(/^0x/, '').toUpperCase().padStart(8, '0');
  return pfModalias.replace(/d[0-9A-F]{8}(?=sv)/, `d${id}`);
}

function nameIn(key: string): string {
  return key.slice(key.indexOf(' ') + 1);
}

async function firmwareOf(run: RunCommand, nic: string): Promise<string | null> {
  const answer = await orUndefined(run('ethtool', ['-i', nic]));
  return /^firmware-version: (.+)$/m.exec(answer?.stdout ?? '')?.[1]?.trim() || null;
}

/** modprobe names the modules of an alias without regard to blacklists, and shows what it would load with regard to them. */
async function hasDriver(run: RunCommand, files: KernelFiles, modalias: string): Promise<boolean> {
  const named = await orUndefined(run('modprobe', ['--resolve-alias', modalias]));
  if (!named) return true;
  const modules = named.stdout.split('\n').filter((name) => name !== '');
  if (modules.length === 0) return false;
  const loaded = await Promise.all(modules.map((name) => files.names(`sys/module/${name}`)));
  if (loaded.some((names) => names !== undefined)) return true;
  const dryRun = await orUndefined(run('modprobe', ['--use-blacklist', '--dry-run', '--verbose', modalias]));
  return dryRun ? /^insmod /m.test(dryRun.stdout) : true;
}

/** A program that is missing or does not answer has nothing to say; what it would have said is not worth a failed scan. */
async function orUndefined<Value>(value: Promise<Value>): Promise<Value | undefined> {
  try {
    return await value;
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}
