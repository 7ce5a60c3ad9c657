import { resolve } from 'node:path';
import type { Bus } from '@vfleet/bus/bus';
import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { type Clock, systemClock } from '@vfleet/process/clock';
import { readEnv } from '@vfleet/process/env';
import type { Log } from '@vfleet/process/log';
import { makeLogger } from '@vfleet/process/logger';
import { runUntilSignalled } from '@vfleet/process/run';
import { Command, InvalidArgumentError, Option } from 'commander';
import { AGENT_VERSION } from '../agent-version.ts';
import type { AtomicFiles } from '../atomic-files.ts';
import { restoreMessage } from '../core/restore-message.ts';
import { enroll, type TryBroker } from '../enroll.ts';
import { forgetPf } from '../forget.ts';
import type { Guests } from '../guests.ts';
import type { Host } from '../host.ts';
import type { HypervisorSettings } from '../hypervisor-settings.ts';
import { RESTORE_WAIT_MS, restoreNumVfs } from '../restore.ts';
import { HostAgentSettings } from '../settings.ts';
import { stateFiles } from '../state-files.ts';
import { AgentEnv, CommandEnv } from './environment.ts';
import { runAgent } from './run.ts';
import { pfsInWords, shownPfs } from './show.ts';

/** What the commands work on; opening host or files does nothing yet. */
export type ProgramParts = {
  openBus: (surroundings: { url: string; name: string; clock: Clock; log: Log }) => Promise<Bus>;
  openHost: (surroundings: { clock: Clock; log: Log }) => Host;
  /** The machine with its hypervisor, as the agent needs it that runs on. */
  openMachine: (
    settings: HypervisorSettings,
    surroundings: { clock: Clock; log: Log },
  ) => Promise<{ host: Host; guests: Guests | null }>;
  openFiles: (dir: string) => AtomicFiles;
  /** Tries whether the agent of a host is let in with a URL. */
  tryBroker: TryBroker;
  /** What stands in a file; `-` is stdin, and without a name the person at the terminal is asked. */
  readToken: (file: string | undefined) => Promise<string>;
  /** Where what was asked for goes; problems go to stderr. */
  print: (text: string) => void;
};

type StateOption = { stateDir?: string };

/**
 * The command line of the host agent: enroll, run, restore, forget, show. Options win over the environment. A command rejects
 * with an Error whose message is for people; `restore` sets exit status 1 when a PF could not be restored.
 */
export function hostAgentProgram(parts: ProgramParts): Command {
  const { openBus, openHost, openMachine, openFiles, tryBroker, readToken, print } = parts;
  const clock = systemClock();
  const stateDir = new Option('--state-dir <folder>', 'what this agent must not forget (VFLEET_STATE_DIR)');
  const program = new Command('vfleet-host-agent')
    .description('Manages the SR-IOV virtual functions of this host.')
    .version(AGENT_VERSION);

  program
    .command('run')
    .description('run the agent until SIGTERM or SIGINT; AMQP_URL or AMQP_URL_FILE names the broker')
    .option('--host-id <id>', 'the id under which this host was enrolled (VFLEET_HOST_ID)')
    .addOption(stateDir)
    .action((options: StateOption & { hostId?: string }) => {
      const env = readEnv(AgentEnv, environmentWith({ VFLEET_HOST_ID: options.hostId, ...ofState(options) }));
      const log = makeLogger({ name: 'vfleet-host-agent', level: env.LOG_LEVEL });
      const start = async () => {
        const machine = await openMachine(env, { clock, log });
        const bus = await openBus({ url: env.AMQP_URL, name: `vfleet-host-agent ${env.VFLEET_HOST_ID}`, clock, log });
        return runAgent(env, {
          bus,
          ...machine,
          files: openFiles(env.VFLEET_STATE_DIR),
          clock,
          log,
        });
      };
      runUntilSignalled(start, { log, clock });
    });

  program
    .command('enroll')
    .description('make this machine a host of the fleet, with the token that adding the host told')
    .option('--token-file <file>', 'the file that holds the token; - reads it from stdin; without, it is asked for')
    .option('--config-dir <folder>', 'where the settings of the agent are', '/etc/vfleet')
    .option('--force', 'also when this machine is enrolled as another host')
    .option('--skip-check', 'do not try to log in to the broker first')
    .action(async (options: { tokenFile?: string; configDir: string; force?: boolean; skipCheck?: boolean }) => {
      const { configDir, force = false, skipCheck = false } = options;
      const token = await readToken(options.tokenFile);
      print(await enroll(token, { files: openFiles(resolve(configDir)), tryBroker, force, skipCheck }));
    });

  program
    .command('restore')
    .description('restore the kept number of virtual functions of every physical function, as at boot')
    .option(
      '--wait <seconds>',
      'how long to wait for a physical function and its driver',
      seconds,
      RESTORE_WAIT_MS / 1000,
    )
    .addOption(stateDir)
    .action(async (options: StateOption & { wait: number }) => {
      const { files, log } = oneShot(options);
      const { ok, results } = await withHost(log, (host) =>
        restoreNumVfs({ host, files, clock, log, waitMs: options.wait * 1000, settings: HostAgentSettings.parse({}) }),
      );
      print(restoreMessage(results));
      if (!ok) process.exitCode = 1;
    });

  program
    .command('forget')
    .description('keep nothing of a physical function any more: its functions stay, and are not restored at boot')
    .argument('<address>', 'PCI address of the physical function, such as 0000:05:00.0', pciAddress)
    .addOption(stateDir)
    .action(async (address: PciAddress, options: StateOption) => {
      const { files } = oneShot(options);
      const wasKept = await forgetPf({ files, address });
      print(wasKept ? `${address} is forgotten.` : `No number was kept for ${address} in ${files.dir}.`);
    });

  program
    .command('show')
    .description('show the physical functions of this host, what is kept of them, and what uses their functions')
    .option('--json', 'as JSON')
    .addOption(stateDir)
    .action(async (options: StateOption & { json?: boolean }) => {
      const { files, log } = oneShot(options);
      const pfs = await withHost(log, (host) => shownPfs({ host, files: stateFiles(files) }));
      print(options.json ? JSON.stringify({ pfs }, null, 2) : pfsInWords(pfs));
    });

  return program;

  function oneShot(options: StateOption) {
    const env = readEnv(CommandEnv, environmentWith(ofState(options)));
    return {
      files: openFiles(env.VFLEET_STATE_DIR),
      log: makeLogger({ name: 'vfleet-host-agent', level: env.LOG_LEVEL }),
    };
  }

  async function withHost<Result>(log: Log, work: (host: Host) => Promise<Result>): Promise<Result> {
    const host = openHost({ clock, log });
    try {
      return await work(host);
    } finally {
      await host.close();
    }
  }
}

function ofState({ stateDir }: StateOption): NodeJS.ProcessEnv {
  return { VFLEET_STATE_DIR: stateDir };
}

function environmentWith(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...process.env, ...Object.fromEntries(set) };
}

function pciAddress(text: string): PciAddress {
  const parsed = PciAddress.safeParse(text.toLowerCase());
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('A PCI address looks like 0000:05:00.1.');
}

function seconds(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number of seconds is expected.');
}
