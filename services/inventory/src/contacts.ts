import { isSilent } from './core/decide-connection.ts';

type Contact = { lastSeen: number; everyMs: number };

/** How long a heartbeat that says nothing new spares a look at the ledger: another process may have put the host down. */
const AGREED_FOR_MS = 30_000;

/**
 * When this process last heard each host, fed by heartbeats that every inventory process hears, and the heartbeat
 * state that the ledger was last seen to agree with. Times in milliseconds since the epoch.
 */
export type Contacts = {
  /** Remembers a heartbeat; answers the state agreed on lately, if any. */
  heard(hostId: string, contact: Contact): string | undefined;
  agree(hostId: string, state: string): void;
  /** The ledger was put to something else: the next heartbeat looks at it again. */
  disagree(hostId: string): void;
  /** Takes every known host as heard now: while this process was deaf or stopped, silence means nothing. */
  excuseAll(now: number): void;
  lastSeen(hostId: string): string | undefined;
  isSilent(hostId: string, now: number): boolean;
  /** Hosts whose heartbeats have stopped, as of `now`, until they are forgotten or heard again. */
  silent(now: number): string[];
  forget(hostId: string): void;
};

export function makeContacts(): Contacts {
  const contacts = new Map<string, Contact & { agreed?: { state: string; at: number } | undefined }>();
  const silentNow = (hostId: string, now: number) => {
    const contact = contacts.get(hostId);
    return contact !== undefined && isSilent({ ...contact, now });
  };
  return {
    heard: (hostId, contact) => {
      const agreed = contacts.get(hostId)?.agreed;
      const isFresh = agreed !== undefined && contact.lastSeen - agreed.at < AGREED_FOR_MS;
      contacts.set(hostId, { ...contact, agreed: isFresh ? agreed : undefined });
      return isFresh ? agreed.state : undefined;
    },
    agree: (hostId, state) => {
      const contact = contacts.get(hostId);
      if (contact) contacts.set(hostId, { ...contact, agreed: { state, at: contact.lastSeen } });
    },
    disagree: (hostId) => {
      const contact = contacts.get(hostId);
      if (contact) contacts.set(hostId, { ...contact, agreed: undefined });
    },
    excuseAll: (now) => {
      for (const [hostId, contact] of contacts) contacts.set(hostId, { ...contact, lastSeen: now });
    },
    lastSeen: (hostId) => {
      const contact = contacts.get(hostId);
      return contact ? new Date(contact.lastSeen).toISOString() : undefined;
    },
    isSilent: silentNow,
    silent: (now) => [...contacts.keys()].filter((hostId) => silentNow(hostId, now)),
    forget: (hostId) => void contacts.delete(hostId),
  };
}
