import type { Documents } from '@vfleet/documents/documents';
import type { Ledger } from './core/ledger.ts';

const PAGE = 500;

/** Does `work` with every host whose ledger holds `value` under `key`, one after the other in the order of their ids. */
export async function eachHost(
  hosts: Documents<Ledger>,
  { key, value }: { key: string; value: string },
  work: (id: string, ledger: Ledger) => Promise<void>,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = await hosts.find(key, value, { limit: PAGE, after });
    for (const { id, body } of page) await work(id, body);
    after = page.length === PAGE ? page.at(-1)?.id : undefined;
  } while (after !== undefined);
}
