import { z } from 'zod';
import type { VfCounters } from '../../host.ts';
import { outputOf, type RunCommand } from './run-command.ts';
import { CommandFailed } from './run-to-end.ts';

/** The kernel counts in 64 bits: what is above 2^53 loses its last digits, which no rate is made of. */
const Count = z.number().nonnegative().optional();

/** iproute2 calls what is sent `tx_bytes` and `tx_packets`, or as what is received; kernels before 4.16 tell no drops. */
const Stats = z.object({
  rx: z.object({ bytes: Count, packets: Count, multicast: Count, broadcast: Count, dropped: Count }),
  tx: z.object({
    bytes: Count,
    packets: Count,
    tx_bytes: Count,
    tx_packets: Count,
    dropped: Count,
  }),
});

const Links = z.array(
  z.looseObject({ vfinfo_list: z.array(z.object({ vf: z.int().nonnegative(), stats: Stats.optional() })).optional() }),
);

/** The counters of all VFs of a PF's netdev, in one look. A VF whose counters are not told is left out. */
export async function vfCounters(run: RunCommand, nic: string): Promise<VfCounters[]> {
  return vfCountersIn(await outputOf(run, 'ip', ['-s', '-j', '-d', 'link', 'show', 'dev', nic]));
}

/** What `ip -s -j -d link show dev PF` tells of its VFs. An answer of another form throws CommandFailed. */
export function vfCountersIn(output: string): VfCounters[] {
  return read(output)
    .flatMap(({ vfinfo_list }) => vfinfo_list ?? [])
    .flatMap(({ vf: index, stats }) => (stats ? [countersOf(index, stats)] : []));
}

function countersOf(index: number, { rx, tx }: z.infer<typeof Stats>): VfCounters {
  const { bytes = null, packets = null, multicast = null, broadcast = null, dropped = null } = rx;
  return {
    index,
    receive: { bytes, packets, multicast, broadcast, dropped },
    transmit: {
      bytes: tx.bytes ?? tx.tx_bytes ?? null,
      packets: tx.packets ?? tx.tx_packets ?? null,
      dropped: tx.dropped ?? null,
    },
  };
}

function read(output: string): z.infer<typeof Links> {
  let value: unknown;
  try {
    value = JSON.parse(output || '[]');
  } catch (error) {
    throw new CommandFailed('ip did not answer with JSON; iproute2 4.17 or newer is needed', { cause: error });
  }
  const links = Links.safeParse(value);
  if (links.success) return links.data;
  throw new CommandFailed(`what ip tells of counters cannot be read: ${z.prettifyError(links.error)}`);
}
