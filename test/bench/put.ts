import { DEMO_SCENARIOS, withoutTime } from '@vfleet/host-agent/adapters/scenarios';
import { type BenchSystem, onServers, type Servers, startBenchSystem } from './bench-system.ts';
import { measureInTurn, median } from './measure.ts';
import type { Table } from './table.ts';

const ROUNDS = { rounds: 40, warmUp: 8 };
/**
 * What one change cannot do without. Documents: the wanted number, the listing, the ledger with the settlement. Messages:
 * the command and its answer, the probe and the wanted number to the host, its report, and the fact of either change.
 * Files of the agent: journal, number, identity of the card, settlement, end of the journal.
 */
const NEEDED = { puts: 3, messages: 7, files: 5 };

/** One PUT of a number of VFs, from the request to the answer that it is applied, embedded in one process on sqlite. */
export function benchPutEmbedded(): Promise<Table> {
  return benchPut('One PUT to settled, embedded', undefined);
}

/** The same on RabbitMQ and a MongoDB-protocol server. */
export function benchPutOnServers(): Promise<Table> {
  return onServers((servers) => benchPut('One PUT to settled, on servers', servers));
}

async function benchPut(title: string, servers: Servers | undefined): Promise<Table> {
  const host = `bench-${process.pid}`;
  const system = await startBenchSystem({ [host]: withoutTime(DEMO_SCENARIOS.alpha) }, servers);
  const { counter, floors } = system;
  try {
    const put = await putter(system, host);
    for (let round = 0; round < ROUNDS.warmUp; round++) await put();
    counter.reset();
    const samples = await measureInTurn(
      { put, floorPut: floors.put.once, floorMessage: floors.message.once, floorFile: floors.file.once },
      { ...ROUNDS, warmUp: 0 },
    );
    const messages = (counter.messages + 2 * counter.questions) / ROUNDS.rounds;
    const each = (times: readonly number[]) => `${median(times).toFixed(2)} ms each with the library alone`;
    const floorOf = (counts: typeof NEEDED) =>
      counts.puts * median(samples.floorPut) +
      counts.messages * median(samples.floorMessage) +
      counts.files * median(samples.floorFile);
    const put1 = { what: 'PUT num_of_vfs, answered as applied', value: median(samples.put), unit: 'ms' } as const;
    return {
      title,
      figures: [
        { ...put1, against: { what: 'the writes and messages it needs', value: floorOf(NEEDED) } },
        {
          ...put1,
          against: { what: 'as many messages as it sends', value: floorOf({ ...NEEDED, messages }) },
        },
      ],
      notes: [
        `Needed, one after the other: ${NEEDED.puts} documents (${each(samples.floorPut)}), ${NEEDED.messages} messages ` +
          `(${each(samples.floorMessage)}), ${NEEDED.files} files of the agent (${each(samples.floorFile)}).`,
        `Done for one PUT until the next: ${(counter.puts / ROUNDS.rounds).toFixed(1)} writes of documents, ` +
          `${messages.toFixed(1)} messages.`,
      ],
    };
  } finally {
    await system.close();
  }
}

/** A function that changes the number of VFs of the host's first PF to another one every time. */
async function putter({ request }: BenchSystem, host: string): Promise<() => Promise<void>> {
  let pf: { id: string } | undefined;
  while (!pf) {
    const { items } = await request<{ items: { id: string; vfs_config: unknown }[] }>(
      'GET',
      `/api/hosts/${host}/nics`,
      200,
    );
    pf = items.find(({ vfs_config: config }) => config !== null);
  }
  const config = `/api/hosts/${host}/nics/${pf.id}/vfsConfig`;
  let round = 0;
  return async () => {
    const wanted = 1 + (round++ % 2);
    const applied = await request<{ existing_num_of_vfs: number }>('PUT', config, 200, { num_of_vfs: wanted });
    if (applied.existing_num_of_vfs !== wanted) throw new Error(`PUT made ${applied.existing_num_of_vfs} VFs`);
  };
}
