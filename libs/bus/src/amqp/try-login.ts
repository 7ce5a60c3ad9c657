import { ALL_CONTRACTS } from '@vfleet/contracts/contracts';
import { hostPattern, topologyOf } from '@vfleet/contracts/topology';
import { connect } from 'amqplib';
import { declareExclusive } from './declare.ts';

const TIMEOUT_MS = 10_000;

export type LoginOutcome = { ok: true } | { ok: false; cause: string; remedy: string };

/**
 * Tries, once, whether the agent of a host is let in with a URL and hears its host, and says in words what is wrong. No
 * message holds the password.
 */
export async function tryLogin({
  url,
  hostId,
  exchange = topologyOf(ALL_CONTRACTS).exchanges.hosts.name,
}: {
  url: string;
  hostId: string;
  /** Where messages to hosts are. */
  exchange?: string;
}): Promise<LoginOutcome> {
  const { host } = new URL(url);
  try {
    const connection = await connect(url, { timeout: TIMEOUT_MS });
    connection.on('error', () => undefined); // what it broke rejects
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => undefined);
      await declareExclusive(channel, { owner: null, exchange, patterns: [hostPattern(hostId)] });
    } finally {
      await connection.close().catch(() => undefined);
    }
    return { ok: true };
  } catch (problem) {
    return { ok: false, ...inWords(problem as Error & { code?: unknown }, host) };
  }
}

const UNREACHABLE = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET)/;
const TLS = /^(ERR_TLS|ERR_SSL|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT_|EPROTO|HOSTNAME_MISMATCH)/;

function inWords({ code, message }: Error & { code?: unknown }, host: string): { cause: string; remedy: string } {
  const symbol = typeof code === 'string' ? code : '';
  if (TLS.test(symbol)) {
    return {
      cause: `The certificate of the broker at ${host} is not trusted (${symbol})`,
      remedy:
        'Set NODE_EXTRA_CA_CERTS to the file of its certificate authority, here and in host-agent.env, and use the name that the certificate is for.',
    };
  }
  if (UNREACHABLE.test(symbol) || /timeout|ETIMEDOUT/i.test(message)) {
    return {
      cause: `The broker at ${host} cannot be reached (${symbol || 'no answer in time'})`,
      remedy: 'Check its name and port, the network, and firewalls between this machine and it.',
    };
  }
  if (/ACCESS[-_]REFUSED/.test(message) && /handshake/i.test(message)) {
    return {
      cause: `The broker at ${host} refuses the credentials`,
      remedy: 'Make new ones with "vfleet hosts enrol": earlier ones end with that, and with the removal of the host.',
    };
  }
  // amqplib hides why the broker closes a connection instead of opening its virtual host.
  if (/ConnectionOpenOk.*ConnectionClose/.test(message)) {
    return {
      cause: `The broker at ${host} lets this host in and not into its virtual host, or it takes no more connections of it`,
      remedy:
        'Stop what else logs in as this host; what a broken network left ends by itself within a minute. Then make new credentials with "vfleet hosts enrol".',
    };
  }
  if (/ACCESS_REFUSED|NOT_ALLOWED/.test(message)) {
    return {
      cause: `The broker at ${host} does not grant this host its rights`,
      remedy: 'Make new credentials with "vfleet hosts enrol": that grants them again.',
    };
  }
  if (/NOT_FOUND/.test(message)) {
    return {
      cause: `The broker at ${host} does not know VFleet's exchanges`,
      remedy: 'Start the services of VFleet on it first, or check the virtual host in the URL.',
    };
  }
  return {
    cause: `What answers at ${host} is no broker as it should be (${symbol || message})`,
    remedy: 'Check host, port and scheme: amqps is for TLS, amqp for none.',
  };
}
