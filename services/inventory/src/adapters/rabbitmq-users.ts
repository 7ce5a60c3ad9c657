import { createHash, randomBytes } from 'node:crypto';
import { agentRights, agentUser } from '@vfleet/contracts/broker-rights';
import type { Topology } from '@vfleet/contracts/topology';
import type { Clock } from '@vfleet/process/clock';
import { type BrokerUsers, BrokerUsersUnavailable } from '../broker-users.ts';
import { managementApi } from './rabbitmq-api.ts';

/**
 * What an agent may take of the broker at once. It needs one connection and three channels; beside them there may be
 * what a broken network left, which the broker keeps until it misses heartbeats, and a person who enrols.
 */
const LIMITS = { 'max-connections': 8, 'max-channels': 32 };

/**
 * The users of agents on a RabbitMQ, through its management API. `amqpUrl` is the services' own: its virtual host is the
 * agents' too. `agentUrl` is where agents reach the broker, when that is elsewhere. `apiUrl` carries the credentials of
 * an administrator of the broker; without any, those of `amqpUrl` are taken.
 */
export function rabbitmqUsers({
  amqpUrl,
  agentUrl = amqpUrl,
  apiUrl,
  topology,
  clock,
}: {
  amqpUrl: string;
  agentUrl?: string | undefined;
  apiUrl: string;
  topology: Topology;
  clock: Clock;
}): BrokerUsers {
  const api = managementApi({ url: apiUrl, otherwise: new URL(amqpUrl), clock });
  const vhost = virtualHostOf(new URL(amqpUrl));

  /** Each of them may be done again; the keys first, for without a rule for them every key is allowed. */
  function grantsOf(hostId: string): { path: string[]; body: Record<string, unknown> }[] {
    const username = agentUser(topology, hostId);
    const { topics, ...rights } = agentRights(topology, hostId);
    return [
      ...Object.entries(LIMITS).map(([limit, value]) => ({ path: ['user-limits', username, limit], body: { value } })),
      ...topics.map((topic) => ({ path: ['topic-permissions', vhost, username], body: topic })),
      { path: ['permissions', vhost, username], body: rights },
    ];
  }

  async function grant(hostId: string): Promise<'granted' | 'no-user'> {
    for (const { path, body } of grantsOf(hostId)) if ((await api.put(path, body)) === 'missing') return 'no-user';
    return 'granted';
  }

  return {
    rights: createHash('sha256')
      .update(JSON.stringify(grantsOf('any')))
      .digest('base64url'),
    grant,
    async enrol(hostId) {
      const username = agentUser(topology, hostId);
      const password = randomBytes(24).toString('base64url');
      const made = await api.put(['users', username], { tags: '', ...hashed(password) });
      if (made === 'missing' || (await grant(hostId)) === 'no-user') {
        throw new BrokerUsersUnavailable(
          `the management API of the broker knows no virtual host ${vhost}, no limits of users, or is none`,
        );
      }
      // A new password ends no connection that was made with the old one.
      await api.remove(['connections', 'username', username]);
      return { host_id: hostId, broker_url: withoutCredentials(agentUrl), username, password };
    },
    // RabbitMQ closes the connections of a user that is removed.
    remove: (hostId) => api.remove(['users', agentUser(topology, hostId)]),
  };
}

/** RabbitMQ's own form: so the password crosses to the broker in no readable form, whatever the API's URL is. */
function hashed(password: string): Record<string, string> {
  const salt = randomBytes(4);
  const digest = createHash('sha256').update(salt).update(password).digest();
  return {
    password_hash: Buffer.concat([salt, digest]).toString('base64'),
    hashing_algorithm: 'rabbit_password_hashing_sha256',
  };
}

/** No path is the virtual host `/`, and so is a path of `/` alone, as amqplib reads them. */
function virtualHostOf({ pathname }: URL): string {
  return decodeURIComponent(pathname.slice(1)) || '/';
}

function withoutCredentials(url: string): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.search = '';
  return bare.toString();
}
