import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { bundle } from '../../scripts/bundle.ts';
import { makeSysfs } from '../fixtures/make-sysfs.ts';
import type { Table } from './table.ts';

const SIZES = [
  { pfs: 2, vfsPerPf: 8 },
  { pfs: 8, vfsPerPf: 125 },
];
/** Every scan makes a report's text and its digest; memory that grows by scan shows in a hundred of them. */
const LOOKS = 100;
const Told = z.object({ looks: z.int(), rss: z.number(), most: z.number() });

/** The memory of a bundled agent after a hundred scans. Aim: under 120 MB. */
export async function benchMemory(): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'vfleet-bench-'));
  try {
    const program = join(folder, 'agent.mjs');
    await bundle({ entry: 'test/bench/agent-on-tree.ts', outfile: program });
    const bare = Number(execFileSync(process.execPath, ['-p', 'process.memoryUsage().rss'])) / 1e6;
    const against = { what: 'Node doing nothing', value: bare };
    const figures = [];
    for (const size of SIZES) {
      const { rss, most } = await agentOn(join(folder, String(size.vfsPerPf)), program, size);
      const host = `${size.pfs * size.vfsPerPf} VFs on ${size.pfs} PFs`;
      figures.push({ what: `RSS, ${host}`, value: rss / 1e6, unit: 'MB' as const, against });
      figures.push({ what: `the most it ever was, ${host}`, value: most / 1e6, unit: 'MB' as const, against });
    }
    return { title: `The memory of a host agent after ${LOOKS} scans; aim: under 120 MB`, measured: 'value', figures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function agentOn(root: string, program: string, size: (typeof SIZES)[number]): Promise<z.infer<typeof Told>> {
  const answerOfIp = `${root}.ip.json`;
  writeFileSync(answerOfIp, JSON.stringify(makeSysfs(root, size)));
  const agent = spawn(process.execPath, [program, root, answerOfIp], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(agent, 'exit');
  try {
    for await (const line of createInterface({ input: agent.stdout })) {
      if (line !== 'started') {
        const told = Told.parse(JSON.parse(line));
        if (told.looks >= LOOKS) return told;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      agent.kill('SIGUSR2');
    }
    throw new Error('the agent ended before it was measured');
  } finally {
    agent.kill('SIGKILL');
    await ended;
  }
}
