import { isSilent } from './core/decide-connection.ts';

type Contact = { lastSeen: number; everyMs: number };

/**
 * When this process last heard each host, fed by heartbeats that every inventory process hears, and the heartbeat
 * state that the ledger was last seen to agree with.
 */
export type Contacts = {
  /** Remembers a heartbeat; answers the state agreed on earlier, if any. */
  heard(hostId: string, contact: Contact): string | undefined;
  agree(hostId: string, state: string): void;
  /** Takes every known host as heard now: while this process was deaf, silence means nothing. */
  excuseAll(now: number): void;
  lastSeen(hostId: string): string | undefined;
  /** Hosts whose heartbeats have stopped, as of `now`; each is named once until it is heard again. */
  takeSilent(now: number): string[];
};

export function makeContacts(): Contacts {
  const contacts = new Map<string, Contact & { agreed?: string | undefined }>();
  return {
    heard: (hostId, contact) => {
      const agreed = contacts.get(hostId)?.agreed;
      contacts.set(hostId, { ...contact, agreed });
      return agreed;
    },
    agree: (hostId, agreed) => {
      const contact = contacts.get(hostId);
      if (contact) contacts.set(hostId, { ...contact, agreed });
    },
    excuseAll: (now) => {
      for (const [hostId, contact] of contacts) contacts.set(hostId, { ...contact, lastSeen: now });
    },
    lastSeen: (hostId) => {
      const contact = contacts.get(hostId);
      return contact ? new Date(contact.lastSeen).toISOString() : undefined;
    },
    takeSilent: (now) => {
      const silent = [...contacts].filter(([, contact]) => isSilent({ ...contact, now })).map(([hostId]) => hostId);
      for (const hostId of silent) contacts.delete(hostId);
      return silent;
    },
  };
}
