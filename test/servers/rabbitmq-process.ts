import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './condition.ts';
import { installedWithoutStarting } from './debian.ts';
import { type OwnProcess, startOwnProcess } from './own-process.ts';
import { accepts, freePort } from './port.ts';
import type { Started, Unavailable } from './provided.ts';

// not /usr/sbin/rabbitmq-server: that wrapper insists on its own user and drops the environment
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const BOOT_MS = 90_000;

type Ports = { amqp: number; management: number; epmd: number; distribution: number };

/**
 * Debian's RabbitMQ as a process of our own on 127.0.0.1: own ports, own epmd (Erlang's name service), own data in a
 * temporary directory that goes with it. A system-wide broker is neither used nor disturbed.
 */
export async function startRabbitmqProcess(): Promise<Started | Unavailable> {
  const packages = await installedWithoutStarting(['rabbitmq-server']);
  if (packages !== 'installed') return packages;
  if (!existsSync(SERVER)) throw new Error(`Debian's rabbitmq-server is installed but ${SERVER} is not there`);

  const directory = mkdtempSync(join(tmpdir(), 'vfleet-rabbitmq-'));
  const ports: Ports = {
    amqp: await freePort(),
    management: await freePort(),
    epmd: await freePort(),
    distribution: await freePort(),
  };
  const started: OwnProcess[] = [];
  const close = async () => {
    for (const process of started.toReversed()) await process.end();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    started.push(startEpmd(directory, ports));
    await until(() => alive(started, ports.epmd), { what: 'epmd', withinMs: 10_000 });
    started.push(startBroker(directory, ports));
    // the broker opens its listener last, after everything is recovered: an open port means ready
    await until(() => alive(started, ports.amqp), { what: 'the start of RabbitMQ', withinMs: BOOT_MS });
    await until(() => alive(started, ports.management), { what: 'the management API', withinMs: BOOT_MS });
    const variables = { VFLEET_RABBITMQ_API: `http://guest:guest@127.0.0.1:${ports.management}` };
    return { url: `amqp://guest:guest@127.0.0.1:${ports.amqp}`, variables, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function alive(started: readonly OwnProcess[], port: number): Promise<boolean> {
  for (const process of started) process.check();
  return accepts(port);
}

function startEpmd(directory: string, ports: Ports): OwnProcess {
  return startOwnProcess({
    name: 'epmd',
    command: 'epmd',
    args: ['-port', String(ports.epmd), '-address', '127.0.0.1'],
    env: { PATH: process.env.PATH },
    log: join(directory, 'epmd.log'),
  });
}

function startBroker(directory: string, ports: Ports): OwnProcess {
  const file = (name: string, lines: readonly string[]): string => {
    writeFileSync(join(directory, name), `${lines.join('\n')}\n`);
    return join(directory, name);
  };
  const configuration = file('rabbitmq.conf', [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    `management.tcp.port = ${ports.management}`,
    'management.tcp.ip = 127.0.0.1',
    // users and rights are asked for, and no figures
    'management_agent.disable_metrics_collector = true',
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    'disk_free_limit.absolute = 50MB',
    'vm_memory_high_watermark.absolute = 512MB',
  ]);
  return startOwnProcess({
    name: 'RabbitMQ',
    command: SERVER,
    args: [],
    log: join(directory, 'rabbitmq.log'),
    env: {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: directory,
      // the start script then replaces itself by the Erlang machine, so that our pid is the broker's
      RUNNING_UNDER_SYSTEMD: 'true',
      RABBITMQ_NODENAME: 'vfleet-test@localhost',
      RABBITMQ_DIST_PORT: String(ports.distribution),
      ERL_EPMD_PORT: String(ports.epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: [
        '-kernel inet_dist_use_interface {127,0,0,1}',
        `-setcookie ${randomBytes(16).toString('hex')}`,
      ].join(' '),
      RABBITMQ_CONFIG_FILE: configuration,
      RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins', ['[rabbitmq_management].']),
      RABBITMQ_MNESIA_BASE: join(directory, 'data'),
      RABBITMQ_LOG_BASE: join(directory, 'log'),
      RABBITMQ_GENERATED_CONFIG_DIR: join(directory, 'generated'),
      RABBITMQ_SCHEMA_DIR: join(directory, 'schema'),
      RABBITMQ_PID_FILE: join(directory, 'pid'),
    },
  });
}
