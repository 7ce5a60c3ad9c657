import type { VmStepEnded } from '@vfleet/contracts/host-agent-vms';
import type { Log } from '@vfleet/process/log';
import type { z } from 'zod';
import type { Guests } from './guests.ts';
import type { Host } from './host.ts';
import type { StateFiles } from './state-files.ts';

/** What is there of a VM on this host. */
export type ShownDomain = Pick<z.infer<typeof VmStepEnded.payload>, 'domain' | 'attached'>;

/** Looks whether a VM is on this host, and at its interfaces. Never throws: `unknown` is an answer too. */
export function domainLooking({
  guests,
  files,
  host,
  log,
}: {
  guests: Guests | null;
  files: Pick<StateFiles, 'vm'>;
  host: Pick<Host, 'bootId'>;
  log: Log;
}): (vmId: string) => Promise<ShownDomain> {
  return async (vmId) => {
    try {
      if (guests) return await shownBy(guests, vmId);
      const mayRun = await mayRunHere({ files, host }, vmId);
      return { domain: mayRun ? 'unknown' : 'gone', attached: [] };
    } catch (error) {
      log.error({ err: error, vmId }, 'what is there of a virtual machine could not be told');
      return { domain: 'unknown', attached: [] };
    }
  };
}

/** Whether a VM was left running in this boot of the machine, as far as its record tells. */
export async function mayRunHere(
  { files, host }: { files: Pick<StateFiles, 'vm'>; host: Pick<Host, 'bootId'> },
  vmId: string,
): Promise<boolean> {
  const record = await files.vm(vmId);
  return record !== null && record.state !== 'over' && record.machineBoot === (await host.bootId());
}

async function shownBy(guests: Guests, vmId: string): Promise<ShownDomain> {
  const mayCome = await guests.mayStillCome(vmId);
  const isHere = (await guests.domains()).some((domain) => domain.vmId === vmId);
  if (isHere) return { domain: 'running', attached: (await guests.interfacesOf(vmId)) ?? [] };
  return { domain: mayCome ? 'unknown' : 'gone', attached: [] };
}
