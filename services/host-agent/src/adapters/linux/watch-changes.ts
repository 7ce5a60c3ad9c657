import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { debounce } from './debounce.ts';

/** PCI devices and drivers come and go in uevents; links, masters and addresses in the messages of rtnetlink. */
const MONITORS: readonly Monitor[] = [
  {
    program: 'udevadm',
    args: ['monitor', '--kernel', '--subsystem-match=pci', '--subsystem-match=net'],
    event: /^KERNEL\[/,
  },
  { program: 'ip', args: ['-o', 'monitor', 'link', 'address'], event: /\S/ },
];

/** VFs come dozens at a time, each with several events; a watcher must hear of them while they still come. */
const QUIET_MS = 500;
const AT_MOST_MS = 5_000;

/** Doubled each time until a monitor that was started again tells something. */
const RESTART_AFTER_MS = 10_000;
const RESTART_AT_MOST_MS = 600_000;

/** `event` is what a line of the program looks like that tells a change. */
export type Monitor = { program: string; args: readonly string[]; event: RegExp };

/**
 * Calls back, debounced, when devices, links or addresses change, as the host's monitors tell it. A monitor that is not
 * installed is done without; one that ends is started again, and the callback is called for what it has missed. Who has
 * opened a VF through vfio is told by no event: only a look shows it. Answers how to stop; then no monitor is left.
 */
export function watchChanges(
  onChange: () => void,
  { clock, log, monitors = MONITORS }: { clock: Clock; log: Log; monitors?: readonly Monitor[] },
): () => void {
  const stopped = new AbortController();
  const changes = debounce(onChange, { quietMs: QUIET_MS, atMostMs: AT_MOST_MS, clock });
  for (const monitor of monitors) {
    keepRunning(monitor, { onEvent: changes.signal, signal: stopped.signal, clock, log }).catch((err) => {
      if (!stopped.signal.aborted) log.error({ err, program: monitor.program }, 'changes are no longer watched');
    });
  }
  return () => {
    stopped.abort();
    changes.stop();
  };
}

async function keepRunning(
  monitor: Monitor,
  { onEvent, signal, clock, log }: { onEvent: () => void; signal: AbortSignal; clock: Clock; log: Log },
): Promise<void> {
  const { program } = monitor;
  let afterMs = RESTART_AFTER_MS;
  const heard = () => {
    afterMs = RESTART_AFTER_MS;
    onEvent();
  };
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const ended = runMonitor(monitor, { onEvent: heard, signal });
    // Only once the monitor listens again can nothing more be missed.
    if (!isFirst) onEvent();
    const outcome = await ended;
    if (signal.aborted) return;
    if (outcome === 'not installed') {
      log.warn({ program }, 'not installed: its changes are noticed at the next full look only');
      return;
    }
    log.warn({ program, outcome }, 'a monitor ended and is started again');
    await clock.sleep(afterMs, signal);
    afterMs = Math.min(2 * afterMs, RESTART_AT_MOST_MS);
  }
}

/** Runs a monitor until it ends, or is ended by the signal; says how. */
async function runMonitor(
  { program, args, event }: Monitor,
  { onEvent, signal }: { onEvent: () => void; signal: AbortSignal },
): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (event.test(line)) onEvent();
  });
  const end = () => {
    lines.close();
    child.stdout.destroy();
    child.kill();
    child.unref();
  };
  signal.addEventListener('abort', end, { once: true });
  const outcome = await endOf(child);
  signal.removeEventListener('abort', end);
  return outcome;
}

/** Waits until a monitor has ended and all it told was read; says how. */
async function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? 'not installed' : error.message),
    );
    child.once('close', (exitCode, signalName) => resolve(`ended with ${exitCode ?? signalName}`));
  });
}
