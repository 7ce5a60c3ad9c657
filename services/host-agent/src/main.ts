import './adapters/small-heap.ts';
import { amqpBus } from '@vfleet/bus/amqp';
import { tryLogin } from '@vfleet/bus/amqp/try-login';
import { diskFiles } from './adapters/disk-files.ts';
import { linuxHost } from './adapters/linux-host.ts';
import { linuxMachine } from './adapters/linux-machine.ts';
import { readToken } from './adapters/read-token.ts';
import { hostAgentProgram } from './commands/program.ts';

const program = hostAgentProgram({
  // Not waiting for the broker: what an interrupted change left is taken back without it.
  openBus: (surroundings) => amqpBus({ ...surroundings, role: 'agent', settings: { startTimeoutMs: 0 } }),
  openHost: linuxHost,
  openMachine: linuxMachine,
  openFiles: diskFiles,
  tryBroker: tryLogin,
  readToken,
  print: (text) => process.stdout.write(`${text}\n`),
});

program.parseAsync().catch((error: Error & { remedy?: string }) => {
  process.stderr.write(`vfleet-host-agent: ${[error.message, error.remedy].filter(Boolean).join('. ')}\n`);
  process.exitCode = 1;
});
