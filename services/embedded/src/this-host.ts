import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { linuxMachine } from '@vfleet/host-agent/adapters/linux-machine';
import { restoreMessage } from '@vfleet/host-agent/core/restore-message';
import type { HypervisorSettings } from '@vfleet/host-agent/hypervisor-settings';
import { restoreNumVfs } from '@vfleet/host-agent/restore';
import { HostAgentSettings } from '@vfleet/host-agent/settings';
import type { Clock } from '@vfleet/process/clock';
import { isoNow } from '@vfleet/process/clock';
import { holdFolder } from '@vfleet/process/hold-folder';
import type { Log } from '@vfleet/process/log';
import type { LocalHost } from './start-system.ts';

/** The boot of the machine in which VFs were last restored here. */
const RESTORED_BOOT = 'vfleet/restored-boot';

/**
 * The machine this runs on as the one local host, held against a second agent. Its kept numbers of VFs are restored when
 * it has booted since they last were, as the restore unit does where the agent is installed; what cannot be restored is
 * announced with its remedy, and the system starts all the same, so that an administrator can act. Rejects when the
 * state folder cannot be used or another agent works on this machine.
 */
export async function thisHost({
  stateDir,
  hypervisor,
  clock,
  log,
  announce,
}: {
  stateDir: string;
  hypervisor: HypervisorSettings;
  clock: Clock;
  log: Log;
  announce: (text: string) => void;
}): Promise<LocalHost> {
  const held = await holdFolder(join(stateDir, 'vfleet'), isoNow(clock));
  const { host, guests } = await linuxMachine(hypervisor, { clock, log });
  try {
    await restoreAfterBoot();
    return { ...(await identityOf()), machine: { ...host, close: release }, guests, stateDir };
  } catch (problem) {
    await release();
    throw problem;
  }

  async function release(): Promise<void> {
    await host.close();
    held.release();
  }

  async function restoreAfterBoot(): Promise<void> {
    const files = diskFiles(stateDir);
    const bootId = await host.bootId();
    if ((await files.read(RESTORED_BOOT)) === bootId) return;
    const { ok, results } = await restoreNumVfs({ host, files, clock, log, settings: HostAgentSettings.parse({}) });
    if (!ok) announce(restoreMessage(results));
    await files.write(RESTORED_BOOT, bootId);
  }
}

/** A machine keeps its id over every change of its name: two of them on the same servers are never taken for one. */
async function identityOf(): Promise<{ id: string; name: string }> {
  const name = hostname();
  const machineId = await readFile('/etc/machine-id', 'utf8').catch(() => name);
  return { id: `host-${createHash('sha256').update(`vfleet ${machineId.trim()}`).digest('hex').slice(0, 20)}`, name };
}
