import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { EmbeddedEnv } from './config.ts';
import { demoFleet, faultsInWords } from './demo-fleet.ts';
import { isDemoWanted } from './demo-wanted.ts';
import type { LocalHost } from './start-system.ts';
import { thisHost } from './this-host.ts';

/** The folder in the data that marks it as a demo's. */
const DEMO = 'hosts';

/**
 * The hosts whose agents run in this process: this very machine when it is asked for, else the demo fleet where it
 * belongs, else none. Rejects when this machine is asked for in the data of a demo, since its simulated hosts would be
 * shown beside the real one, down for ever.
 */
export async function localHosts(
  asked: { thisHost: boolean },
  env: EmbeddedEnv,
  around: { clock: Clock; log: Log; announce: (text: string) => void },
): Promise<{ hosts: LocalHost[]; isDemo: boolean }> {
  const { VFLEET_DATA: dataFolder, VFLEET_STATE_DIR: stateDir } = env;
  if (asked.thisHost) {
    if (await exists(join(dataFolder, DEMO))) {
      throw new Error(`The folder ${dataFolder} holds a demo fleet. Name another one in VFLEET_DATA, or remove it.`);
    }
    return { hosts: [await thisHost({ stateDir, hypervisor: env, ...around })], isDemo: false };
  }
  const isDemo = env.VFLEET_DEMO === 'on' && (await isDemoWanted(dataFolder));
  if (!isDemo) return { hosts: [], isDemo };
  const faults = env.VFLEET_SCENARIO ?? [];
  const hosts = await demoFleet({ folder: join(dataFolder, DEMO), clock: around.clock, faults });
  for (const line of faultsInWords(faults)) around.announce(line);
  return { hosts, isDemo };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
