import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { afterEach, expect, it, vi } from 'vitest';
import { type Monitor, watchChanges } from './watch-changes.ts';

const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function watching(monitors: Monitor[]) {
  const warnings: object[] = [];
  const log = { ...silentLog, warn: (fields: object) => void warnings.push(fields) };
  const onChange = vi.fn();
  const stop = watchChanges(onChange, { clock: systemClock(), log, monitors });
  stops.push(stop);
  return { onChange, warnings, stop };
}

/** A monitor that prints a line and then waits. */
function printing(text: string): Monitor {
  return { program: 'sh', args: ['-c', 'echo "$0"; exec sleep 60', text], event: /^KERNEL\[/m };
}

it('calls back when a monitor tells an event', async () => {
  const { onChange } = watching([printing('KERNEL[12.3] add /devices/x (pci)')]);
  await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1), { timeout: 20_000 });
});

it('passes over what is no event, and does without a monitor that is not installed', async () => {
  const missing: Monitor = { program: 'no-such-monitor-here', args: [], event: /./ };
  const { onChange, warnings } = watching([missing, printing('monitor will print the received events')]);
  await vi.waitFor(() => expect(warnings).toEqual([{ program: 'no-such-monitor-here' }]), { timeout: 20_000 });
  expect(onChange).not.toHaveBeenCalled();
});

it('notices a monitor that ends', async () => {
  const { warnings } = watching([{ program: 'false', args: [], event: /./ }]);
  await vi.waitFor(() => expect(warnings).toEqual([{ program: 'false', outcome: 'ended with 1' }]), {
    timeout: 20_000,
  });
});
