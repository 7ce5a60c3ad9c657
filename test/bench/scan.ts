import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KernelFiles, kernelFiles } from '@vfleet/host-agent/adapters/linux/kernel-files';
import { lookAtMachine } from '@vfleet/host-agent/adapters/linux/look-at-machine';
import { ownNetdevs } from '@vfleet/host-agent/adapters/linux/own-netdevs';
import { digestInput } from '@vfleet/host-agent/core/digest-input';
import { heartbeat } from '@vfleet/host-agent/heartbeat';
import type { HostScan } from '@vfleet/host-agent/host';
import { reportBody } from '@vfleet/host-agent/report-body';
import { type KernelRead, recordingFiles } from '@vfleet/host-agent/testing/recording-files';
import { voice } from '@vfleet/host-agent/voice';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { makeSysfs } from '../fixtures/make-sysfs.ts';
import { measureInTurn, median } from './measure.ts';
import type { Table } from './table.ts';

const SMALL = { pfs: 8, vfsPerPf: 125 };
const LARGE = { pfs: 32, vfsPerPf: 125 };
const ROUNDS = { rounds: 30, warmUp: 8 };
const FEW = { rounds: 8, warmUp: 2 };

/** Far more often than an agent's, so that no hold of the event loop falls between two of them. */
const BEAT_MS = 5;
const SCANS_TO_BEAT_BESIDE = 20;

const FLOOR = { known: () => null, contact: () => 'bench' };

/** Where the answer of `ip` lies: read as a file by scan and floor alike. */
const IP_ANSWER = 'ip.json';

type MadeHost = { scan: () => Promise<HostScan>; readBare: () => void; files: number; close: () => Promise<void> };

/** A scan of a host with 1,000 VFs, on a tree like sysfs, against reading the same files with nothing around it. */
export async function benchScan(): Promise<Table> {
  const [small, large] = [await openHost(SMALL), await openHost(LARGE)];
  try {
    const ours = await measureInTurn({ scan: small.scan, bare: small.readBare }, ROUNDS);
    const sizes = await measureInTurn({ small: small.scan, large: large.scan }, FEW);
    const beats = await worstLateness(small.scan);
    return {
      title:
        'A scan of a host with 1,000 VFs on 8 PFs; aims: 2 times the bare reading, linear, the heartbeat is not held up',
      figures: [
        {
          what: 'scan of 1,000 VFs',
          value: median(ours.scan),
          unit: 'ms',
          against: { what: 'the same files read bare', value: median(ours.bare) },
        },
        {
          what: 'scan of 4,000 VFs on 32 PFs',
          value: median(sizes.large),
          unit: 'ms',
          against: { what: '4 scans of 1,000', value: 4 * median(sizes.small) },
        },
        {
          what: 'worst lateness of a heartbeat while scans and digests are made',
          value: beats.scanning,
          unit: 'ms',
          against: { what: 'while nothing runs', value: beats.idle },
        },
      ],
      notes: [
        `${small.files} files, links and folders, read once each, in the same order; the answer of ip is a file too. Bare is the ` +
          'fastest that Node has: one after the other, on the spot, nothing kept. The scan lets the event loop run all the while.',
        `Heartbeats every ${BEAT_MS} ms beside ${SCANS_TO_BEAT_BESIDE} scans; an agent's beats every 5 s, and counts as gone after several.`,
      ],
    };
  } finally {
    await Promise.all([small.close(), large.close()]);
  }
}

async function openHost(size: { pfs: number; vfsPerPf: number }): Promise<MadeHost> {
  const root = await mkdtemp(join(tmpdir(), 'vfleet-bench-scan-'));
  await writeFile(join(root, IP_ANSWER), JSON.stringify(makeSysfs(root, size)));
  const clock = systemClock();
  const run = async (program: string) => ({
    exitCode: program === 'ip' ? 0 : 1,
    stdout: program === 'ip' ? await readFile(join(root, IP_ANSWER), 'utf8') : '',
    stderr: '',
  });
  const looksWith = (files: KernelFiles) =>
    lookAtMachine({ files, run, clock, own: ownNetdevs({ files, run }), hypervisor: async () => null });

  const reads: KernelRead[] = [{ kind: 'text', path: IP_ANSWER }];
  const recorded = looksWith(recordingFiles(kernelFiles(root), reads));
  await recorded.scan();
  reads.splice(1);
  const { pfs } = await recorded.scan();
  const found = pfs.reduce((sum, { vfs }) => sum + vfs.length, 0);
  if (found !== size.pfs * size.vfsPerPf) throw new Error(`the scan found ${found} VFs`);

  return {
    scan: looksWith(kernelFiles(root)).scan,
    readBare: () => {
      for (const { kind, path } of reads) readOne(kind, join(root, path));
    },
    files: reads.length,
    close: () => rm(root, { recursive: true }),
  };
}

function readOne(kind: KernelRead['kind'], path: string): unknown {
  switch (kind) {
    case 'text':
      return readFileSync(path, 'utf8');
    case 'link':
      return readlinkSync(path);
    case 'names':
      return readdirSync(path);
  }
}

/** With what a reporter makes of each scan to tell whether anything has changed. */
async function worstLateness(scan: () => Promise<HostScan>): Promise<{ scanning: number; idle: number }> {
  const scanning = await latenessWhile(async () => {
    for (let turn = 0; turn < SCANS_TO_BEAT_BESIDE; turn++) {
      digestInput(reportBody({ scan: await scan(), error: null }, [], new Map()));
    }
  });
  const idle = await latenessWhile(() => systemClock().sleep(1_000));
  return { scanning, idle };
}

/** How much later than it should the latest heartbeat of an agent came while something ran. */
async function latenessWhile(work: () => Promise<unknown>): Promise<number> {
  const at: number[] = [];
  const clock = systemClock();
  const publish = async () => {
    at.push(performance.now());
  };
  const beating = heartbeat({
    voice: voice({ bus: { publish }, hostId: 'bench', boot: 1, clock, newId: randomUUID }),
    digest: () => '',
    floor: FLOOR,
    contact: { isThere: () => true },
    clock,
    log: silentLog,
    settings: { heartbeatMs: BEAT_MS },
  });
  await work();
  beating.close();
  const gaps = at.slice(1).map((time, index) => time - (at[index] ?? time));
  return Math.max(...gaps) - BEAT_MS;
}
