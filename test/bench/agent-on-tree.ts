/**
 * What memory.ts measures: an agent on the machine whose files lie below the folder in its first argument, where `ip`
 * answers what the file in the second holds. Scans every quarter of a second; prints its memory in bytes on SIGUSR2.
 */
import '@vfleet/host-agent/adapters/small-heap';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryBroker } from '@vfleet/bus/memory';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { linuxHost } from '@vfleet/host-agent/adapters/linux-host';
import { startHostAgent } from '@vfleet/host-agent/service';
import { HostAgentSettings } from '@vfleet/host-agent/settings';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';

const [root = '', answerOfIp = ''] = process.argv.slice(2);
const clock = systemClock();
let looks = 0;

const host = linuxHost({
  root,
  clock,
  run: async (program) => {
    if (program !== 'ip') return { exitCode: 1, stdout: '', stderr: '' };
    looks++;
    return { exitCode: 0, stdout: await readFile(answerOfIp, 'utf8'), stderr: '' };
  },
});
await startHostAgent({
  hostId: 'bench',
  bus: memoryBroker({ clock, log: silentLog }).connect(),
  host,
  guests: null,
  files: diskFiles(join(root, 'state')),
  clock,
  log: silentLog,
  newId: randomUUID,
  settings: HostAgentSettings.parse({ scanMs: 250 }),
});
process.on('SIGUSR2', () => {
  process.stdout.write(
    `${JSON.stringify({ looks, rss: process.memoryUsage().rss, most: process.resourceUsage().maxRSS * 1024 })}\n`,
  );
});
process.stdout.write('started\n');
