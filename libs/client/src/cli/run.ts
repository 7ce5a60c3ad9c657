import { PRODUCT } from '@vfleet/contracts/rest/product';
import { Command, CommanderError } from 'commander';
import { createClient } from '../client.ts';
import { addAuditCommands } from './audit.ts';
import type { Cli } from './cli.ts';
import { addClusterCommands } from './clusters.ts';
import { addEventCommands } from './events.ts';
import { addHostCommands } from './hosts.ts';
import { type LoginOptions, loginOf } from './login.ts';
import { addNetworkCommands } from './networks.ts';
import { addNicCommands } from './nics.ts';
import { addOperationCommands } from './operations.ts';
import { addProfileCommands } from './profiles.ts';
import { addQosCommands } from './qos.ts';
import { addStatusCommand } from './status.ts';
import { EXIT, type Exit, type Surroundings } from './surroundings.ts';
import { tellProblem } from './tell-problem.ts';
import { addVfsCommands } from './vfs.ts';
import { addVmCommands } from './vms.ts';

/** The commands under the headings of the help. */
const COMMANDS = [
  ['Hosts:', [addHostCommands, addNicCommands, addVfsCommands]],
  [
    'What may be served, and by whom:',
    [addClusterCommands, addNetworkCommands, addQosCommands, addProfileCommands, addVmCommands],
  ],
  ['Watching:', [addStatusCommand, addOperationCommands, addEventCommands, addAuditCommands]],
] as const;

const EXAMPLES = `
Examples:
  vfleet vfs set alpha enp5s0f0 --num 4
  vfleet vfs networks add charlie enp59s0f0 green
  vfleet networks list --name 'tenant-*'
  vfleet profiles add red-vf --network red --pass-through enabled
  vfleet vms schedule vm-1
  vfleet vms start vm-1
  vfleet audit list --vm vm-1
  vfleet vms nics add vm-1 eth0 --interface pci_passthrough --vnic-profile red-vf

Hosts, networks and all others are named by id or by name. "vfleet <command> --help" tells more.`;

/**
 * Runs one command line (without the program's name) and tells how it ended: 0 done, 1 refused or unreachable,
 * 2 the command line itself is wrong, 3 a change is saved but was not settled within the wait.
 */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<Exit> {
  const { out, err, signal, readFile, fetch, sleep } = surroundings;
  let exit: Exit = EXIT.done;
  const program = new Command('vfleet')
    .description('Manages SR-IOV virtual functions over a fleet of hosts.')
    .version(PRODUCT.version)
    .option('--url <url>', 'where the API is (VFLEET_URL; http://127.0.0.1:8080)')
    .option('--user <name>', 'who logs in (VFLEET_USER; admin@internal)')
    .option('--password-file <file>', 'a file that holds the password (VFLEET_PASSWORD holds the password itself)')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeOut: (text) => out(text.trimEnd()), writeErr: (text) => err(text.trimEnd()) });
  const options = () => program.opts<LoginOptions & { json?: true }>();
  const cli: Cli = {
    ...{ out, err, signal, readFile },
    client: () =>
      createClient({ ...loginOf(options(), surroundings), ...(fetch ? { fetch } : {}), ...(sleep ? { sleep } : {}) }),
    show: (resource, asText) => out(options().json ? JSON.stringify(resource) : asText()),
    endWith: (other) => {
      exit = other;
    },
  };
  for (const [heading, nouns] of COMMANDS) {
    program.commandsGroup(heading);
    for (const add of nouns) add(program, cli);
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (problem) {
    if (problem instanceof CommanderError) return problem.exitCode === 0 ? EXIT.done : EXIT.usage;
    return tellProblem(problem, surroundings);
  }
}
