import type { Ledger } from './ledger.ts';

/** How many heartbeats may be missed before a host counts as down. */
const MISSED_HEARTBEATS = 3;

/** Whether a host that was heard at `lastSeen` (ms) and beats every `everyMs` counts as silent at `now`. */
export function isSilent({ lastSeen, everyMs, now }: { lastSeen: number; everyMs: number; now: number }): boolean {
  return now - lastSeen > MISSED_HEARTBEATS * everyMs;
}

/** The ledger with the host heard or lost; undefined when nothing about that changes. */
export function decideConnection(
  ledger: Ledger,
  seen: { status: 'up' | 'down'; at: string; agentVersion?: string | undefined },
): Ledger | undefined {
  const { connection } = ledger;
  const agentVersion = seen.agentVersion ?? connection.agentVersion;
  if (connection.status === seen.status && connection.agentVersion === agentVersion) return undefined;
  const since = connection.status === seen.status ? connection.since : seen.at;
  const lastSeen = seen.status === 'up' ? seen.at : connection.lastSeen;
  return { ...ledger, connection: { status: seen.status, since, agentVersion, lastSeen } };
}
