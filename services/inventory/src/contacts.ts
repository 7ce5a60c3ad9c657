import { isSilent } from './core/decide-connection.ts';

type Contact = { lastSeen: number; everyMs: number };

/** When this process last heard each host: memory, fed by heartbeats that every inventory process hears. */
export type Contacts = {
  heard(hostId: string, contact: Contact): void;
  lastSeen(hostId: string): string | undefined;
  /** Hosts whose heartbeats have stopped, as of `now`; each is named once until it is heard again. */
  takeSilent(now: number): string[];
  forget(hostId: string): void;
};

export function makeContacts(): Contacts {
  const contacts = new Map<string, Contact>();
  return {
    heard: (hostId, contact) => void contacts.set(hostId, contact),
    lastSeen: (hostId) => {
      const contact = contacts.get(hostId);
      return contact ? new Date(contact.lastSeen).toISOString() : undefined;
    },
    takeSilent: (now) => {
      const silent = [...contacts].filter(([, contact]) => isSilent({ ...contact, now })).map(([hostId]) => hostId);
      for (const hostId of silent) contacts.delete(hostId);
      return silent;
    },
    forget: (hostId) => void contacts.delete(hostId),
  };
}
