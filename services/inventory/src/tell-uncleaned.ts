import type { Documents } from '@vfleet/documents/documents';
import type { Log } from '@vfleet/process/log';
import { uncleanedFences } from './core/differences.ts';
import type { Ledger } from './core/ledger.ts';
import { eachHost } from './each-host.ts';
import type { TellHosts } from './tell-hosts.ts';

/** Tells every host that is heard to clean what it has prepared and nobody claims: the message that said so may be lost. */
export async function tellUncleaned({
  hosts,
  tellHosts,
  log,
}: {
  hosts: Documents<Ledger>;
  tellHosts: TellHosts;
  log: Log;
}): Promise<void> {
  await eachHost(hosts, { key: 'uncleaned', value: 'yes' }, async (id, ledger) => {
    if (ledger.connection.status === 'down') return;
    try {
      await tellHosts.clean(id, uncleanedFences(ledger));
    } catch (problem) {
      log.warn({ hostId: id, problem }, 'A host could not be told what it left uncleaned; it is told again');
    }
  });
}
