/** The whole system in one process, with this very machine as its one host: what whole-system.ts starts and kills. */
import { randomUUID } from 'node:crypto';
import { memoryBroker } from '@vfleet/bus/memory';
import { openSqlite } from '@vfleet/documents/sqlite';
import { startSystem } from '@vfleet/embedded/start-system';
import { linuxHost } from '@vfleet/host-agent/adapters/linux-host';
import { DEFAULT_STATE_DIR } from '@vfleet/host-agent/state-files';
import { systemClock } from '@vfleet/process/clock';
import { makeLogger } from '@vfleet/process/logger';
import { runUntilSignalled } from '@vfleet/process/run';

const clock = systemClock();
const log = makeLogger({ name: 'vfleet', level: 'warn' });
const broker = memoryBroker({ clock, log });

runUntilSignalled(
  async () =>
    startSystem({
      connectBus: async () => broker.connect(),
      store: await openSqlite({ folder: '/var/lib/vfleet/documents', clock }),
      localHosts: [
        {
          id: 'this-host',
          name: 'this-host',
          machine: linuxHost({ clock, log }),
          guests: null,
          stateDir: DEFAULT_STATE_DIR,
        },
      ],
      clock,
      log,
      newId: randomUUID,
      random: Math.random,
      settings: { gateway: { port: Number(process.env.PORT), adminPassword: process.env.VFLEET_ADMIN_PASSWORD } },
      announce: () => {},
    }),
  { log, clock },
);
