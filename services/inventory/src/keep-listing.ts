import type { Documents } from '@vfleet/documents/documents';
import type { HostListing } from './collections.ts';
import { type HostReport, isNewer } from './core/decide-report.ts';
import { deviceTable } from './core/device-table.ts';
import type { ParsedDevices } from './core/parse-devices.ts';

const ATTEMPTS = 5;

/** Keeps the newest listing of a host; an older one, or one with the digest that is kept, writes nothing. */
export async function keepListing(
  listings: Documents<HostListing>,
  hostId: string,
  { boot, sequence, digest, takenAt }: HostReport,
  devices: ParsedDevices,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const kept = await listings.get(hostId);
    if (kept && (kept.body.digest === digest || !isNewer({ boot, sequence }, kept.body))) return;
    const body = { boot, sequence, digest, takenAt, devices: deviceTable(devices) };
    const outcome = await listings.put({
      id: hostId,
      expectedVersion: kept?.version ?? 0,
      body,
      answers: [],
      unpublished: [],
    });
    if (outcome.ok) return;
  }
  throw new Error(`host-reports ${hostId}: changed by others ${ATTEMPTS} times`);
}

/** Removes the listing of a host that was removed. One that is written at this very moment stays, and is read by nobody. */
export async function forgetListing(listings: Documents<HostListing>, hostId: string): Promise<void> {
  const kept = await listings.get(hostId);
  if (!kept) return;
  const { id, version: expectedVersion, body } = kept;
  await listings.remove({ id, expectedVersion, answers: [], unpublished: [], at: body.takenAt });
}
