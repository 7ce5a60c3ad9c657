import { hostPattern, type Topology } from './topology.ts';

/**
 * What a user of the broker may do, as regular expressions over names (`configure`, `write`, `read`) and, for the topic
 * exchanges, over keys. They are granted in the order topics first: a topic exchange without a rule for keys takes every
 * key.
 */
export type BrokerRights = {
  configure: string;
  write: string;
  read: string;
  topics: { exchange: string; write: string; read: string }[];
};

/**
 * Queues that the broker names itself. Nobody can declare an exchange of such a name, which a name of the agent's own
 * would allow: an exchange that it may read and write it could bind to the exchange of events, past the rule for keys.
 * Another connection's are locked, for they are exclusive.
 */
const NAMED_BY_THE_BROKER = 'amq\\.gen-';

/** Matches nothing that has a name. */
const NOTHING = '^\\z';

/**
 * The rights of the agent of one host: read what is said to its host, write events of its host, and nothing else, the
 * default exchange included. A host id is one word of a key; it is escaped all the same. `\z` and not `$`, which lets a
 * line feed follow (PCRE). Throws when the id is no single word.
 */
export function agentRights({ exchanges: { events, hosts } }: Topology, hostId: string): BrokerRights {
  const writes = `^(${NAMED_BY_THE_BROKER}.*|${escaped(events.name)})\\z`;
  const reads = `^(${NAMED_BY_THE_BROKER}.*|${escaped(hosts.name)})\\z`;
  const binding = `^${escaped(hostPattern(hostId))}\\z`;
  return {
    configure: `^${NAMED_BY_THE_BROKER}`,
    write: writes,
    read: reads,
    topics: [
      { exchange: events.name, write: `^host-agent\\.[a-z-]+\\.${escaped(hostId)}\\z`, read: NOTHING },
      { exchange: hosts.name, write: NOTHING, read: binding },
    ],
  };
}

/** The name of that user. Users belong to a whole broker, on which there may be more than one installation. */
export function agentUser({ prefix }: Topology, hostId: string): string {
  return `${prefix}-host-${hostId}`;
}

/** RabbitMQ also replaces `{username}` and the like in rules for keys: a brace is no metacharacter alone. */
function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
