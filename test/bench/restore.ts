import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { DEMO_SCENARIOS } from '@vfleet/host-agent/adapters/scenarios';
import { simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import { restoreNumVfs } from '@vfleet/host-agent/restore';
import { HostAgentSettings } from '@vfleet/host-agent/settings';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { measureInTurn, median } from './measure.ts';
import type { Table } from './table.ts';

/** The drivers take so much of their real time: the slowest PF about three seconds. */
const TIME_SCALE = 0.05;
const settings = HostAgentSettings.parse({ pollMs: 50 });

/** Four dual-port cards, one of each driver, each PF with as many VFs as it can have. */
const CARDS = Object.values(DEMO_SCENARIOS).map(({ cards }) => cards[0] as (typeof cards)[number]);
const PFS = CARDS.flatMap(({ address, totalVfs, ports }) =>
  (ports ?? []).map((_, fn) => ({ address: address.replace(/\.0$/, `.${fn}`), count: totalVfs })),
);

/** The restore at boot of eight PFs against that of the slowest of them alone. Aim: at most 1.1 times. */
export async function benchRestore(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'vfleet-bench-'));
  try {
    const most = Math.max(...PFS.map(({ count }) => count));
    const slowest = PFS.filter(({ count }) => count === most).slice(0, 1);
    let machines = 0;
    const restore = (pfs: typeof PFS) => restored(join(folder, String(machines++)), pfs);
    const { all, alone } = await measureInTurn(
      { all: () => restore(PFS), alone: () => restore(slowest) },
      { rounds: 5, warmUp: 1 },
    );
    return {
      title: `Restore ${PFS.length} PFs at boot, ${PFS.reduce((sum, { count }) => sum + count, 0)} VFs; aim: at most 1.1 times`,
      figures: [
        {
          what: `drivers at ${TIME_SCALE} of their times`,
          value: median(all),
          unit: 'ms',
          against: { what: `the slowest PF alone (${most} VFs)`, value: median(alone) },
        },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function restored(dir: string, pfs: typeof PFS): Promise<void> {
  const clock = systemClock();
  const files = diskFiles(dir);
  for (const { address, count } of pfs) await files.write(`virtual_functions/${address}`, String(count));
  const host = simulatedHost({ scenario: { cards: CARDS, timeScale: TIME_SCALE }, clock, seed: dir });
  const { ok, results } = await restoreNumVfs({ host, files, clock, log: silentLog, settings });
  await host.close();
  if (!ok || results.length !== pfs.length) throw new Error(`not restored: ${JSON.stringify(results)}`);
}
