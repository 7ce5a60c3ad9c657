import type { Answer } from '@vfleet/bus/bus';
import type { AddHost } from '@vfleet/contracts/inventory';
import { refusal } from '@vfleet/contracts/refusals';
import { DEFAULT_CLUSTER } from '@vfleet/contracts/vocabulary/cluster';
import type { AddedHost } from '@vfleet/contracts/vocabulary/enrolment';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import { toldOnce } from '../core/decide-enrolment.ts';
import { noSuchCluster } from '../core/decide-host.ts';
import { hostView } from '../core/host-view.ts';
import { type Ledger, newLedger } from '../core/ledger.ts';
import { idIsAName, nameInUse } from '../core/refuse-name.ts';
import type { Enrolments } from '../enrolments.ts';
import type { FollowedClusters } from '../follow-clusters.ts';
import { hostChanged } from '../host-fact.ts';

type Credentials = Pick<AddedHost, 'enrolment' | 'enrolment_problem'>;

/**
 * Nobody is asked about the default cluster, so that a host can be added while policy is away. The stored answer knows no
 * credentials: they are made after the put, by the message that added the host. Without them the host is added all the
 * same, and can be enrolled when the broker takes it.
 */
export const addHost =
  ({
    hosts,
    clusters,
    enrolments,
  }: {
    hosts: Deciding<Ledger>;
    clusters: FollowedClusters;
    enrolments: Enrolments;
  }): Answer<typeof AddHost> =>
  async (message) => {
    const { hostId, name, cluster, enrol } = message.payload;
    let isAddedNow = false;
    const added = await decideAndPut(
      hosts,
      hostId,
      message,
      (stored, _, { now }, clusterId) => {
        const refusals = [
          ...(stored ? [refusal('ID_ALREADY_USED', `${stored.body.name} has the id ${hostId}.`)] : []),
          ...(clusterId === undefined ? [refusal('CLUSTER_NOT_EXIST', noSuchCluster(cluster ?? ''))] : []),
        ];
        if (clusterId === undefined || refusals.length > 0) return { ok: false, refusals };
        const ledger = newLedger({ id: hostId, name, clusterId, now });
        return {
          ok: true,
          body: ledger,
          reply: hostView(hostId, ledger, { lastSeen: undefined, clusters: clusters.known }),
          facts: [hostChanged(hostId, 'added')],
        };
      },
      {
        read: async () => (cluster === undefined ? DEFAULT_CLUSTER.id : clusters.resolve(cluster, message)),
        onDuplicate: ({ value, holder }) => [value === name ? nameInUse(name, holder) : idIsAName(hostId, holder)],
        afterPut: () => {
          isAddedNow = true;
        },
      },
    );
    return added.ok ? { ok: true, reply: { ...added.reply, ...(await credentials(added.reply)) } } : added;

    async function credentials({ status_since }: { status_since: string | null }): Promise<Credentials> {
      if (!enrol) return { enrolment: null, enrolment_problem: null };
      if (!isAddedNow) return { enrolment: null, enrolment_problem: toldOnce(status_since ?? '') };
      const made = await enrolments.enrol(hostId, message);
      if (made.ok) return { enrolment: made.reply, enrolment_problem: null };
      return { enrolment: null, enrolment_problem: made.refusals[0] ?? null };
    }
  };
