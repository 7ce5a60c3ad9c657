import type { Reaction } from '@vfleet/bus/bus';
import type { HostDevicesReported } from '@vfleet/contracts/host-agent';
import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import type { Documents } from '@vfleet/documents/documents';
import type { Log } from '@vfleet/process/log';
import type { HostListing } from '../collections.ts';
import { withClusterSettings } from '../core/cluster-settings.ts';
import { changedNics, decideReport, readReport } from '../core/decide-report.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FollowedClusters } from '../follow-clusters.ts';
import { healthChanged, hostChanged } from '../host-fact.ts';
import { keepListing } from '../keep-listing.ts';
import type { ReportRequests } from '../report-requests.ts';
import type { TellHosts } from '../tell-hosts.ts';

/** The listing is written first: the ledger never names one that is not there. A host nobody added is not taken in. */
export const hostDevicesReported =
  (deps: {
    hosts: Deciding<Ledger>;
    listings: Documents<HostListing>;
    tellHosts: TellHosts;
    reportRequests: ReportRequests;
    log: Log;
    clusters: FollowedClusters;
  }): Reaction<typeof HostDevicesReported> =>
  async (message) => {
    const { hostId } = message.payload;
    deps.reportRequests.arrived(hostId);
    const read = readReport(message.payload);
    if (read.error)
      deps.log.warn({ hostId, errors: read.errors }, 'A report could not be taken over; the last good inventory stays');
    if (!(await deps.hosts.documents.get(hostId))) {
      deps.log.warn({ hostId }, 'A host that was never added reports; it is ignored');
      return;
    }
    if (read.devices) await keepListing(deps.listings, hostId, read.report, read.devices);
    await reactAndPut(
      deps.hosts,
      hostId,
      message,
      (stored, _, { now }) => {
        const known = stored && withClusterSettings(stored.body, deps.clusters.known, now);
        const ledger = known && decideReport(hostId, known, read, now);
        if (!ledger) return { ok: true, body: 'unchanged', reply: null };
        return {
          ok: true,
          body: ledger,
          reply: null,
          facts: [
            hostChanged(hostId, 'reported', changedNics(stored.body, ledger)),
            ...healthChanged(stored.body, ledger, now),
          ],
        };
      },
      { afterPut: async (document) => document && deps.tellHosts.wanted(hostId, document.body) },
    );
  };
