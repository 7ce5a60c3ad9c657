import { type Clock, systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Monitor, watchChanges } from './watch-changes.ts';

const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function watching(monitors: Monitor[], clock: Clock = systemClock()) {
  const warnings: object[] = [];
  const log = { ...silentLog, warn: (fields: object) => void warnings.push(fields) };
  const onChange = vi.fn();
  const stop = watchChanges(onChange, { clock, log, monitors });
  stops.push(stop);
  return { onChange, warnings, stop };
}

/** A monitor that prints a line and then waits. */
function printing(text: string): Monitor {
  return { program: 'sh', args: ['-c', 'echo "$0"; exec sleep 60', text], event: /^KERNEL\[/ };
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

describe('in virtual time', () => {
  const clock = virtualClock();
  const watched = (monitor: Monitor) => watching([monitor], clock);
  const script = (text: string): Monitor => ({ program: 'sh', args: ['-c', text], event: /^KERNEL\[/ });
  const TIMEOUT = { timeout: 20_000 };

  it('a thousand events at once are one call', async () => {
    const { onChange, warnings } = watched(
      script('i=0; while [ $i -lt 1000 ]; do echo "KERNEL[$i]"; i=$((i+1)); done'),
    );
    await vi.waitFor(() => expect(warnings).toHaveLength(1), TIMEOUT);
    await clock.advance(5_000);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('a monitor that ends is started again, and what it missed is looked for', async () => {
    const { onChange, warnings } = watched(script('exit 3'));
    await vi.waitFor(() => expect(warnings).toHaveLength(1), TIMEOUT);
    expect(onChange).not.toHaveBeenCalled();
    await clock.advance(10_000);
    await vi.waitFor(() => expect(warnings).toHaveLength(2), TIMEOUT);
    await clock.advance(500);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('a monitor that ends every time is started ever more rarely', async () => {
    const { warnings } = watched(script('exit 3'));
    for (const [turn, afterMs] of [10_000, 20_000, 40_000].entries()) {
      await vi.waitFor(() => expect(warnings).toHaveLength(turn + 1), TIMEOUT);
      await clock.advance(afterMs - 1_000);
      expect(warnings).toHaveLength(turn + 1);
      await clock.advance(1_000);
    }
    await vi.waitFor(() => expect(warnings).toHaveLength(4), TIMEOUT);
  });

  it('half a line is no event yet', async () => {
    const { onChange, warnings } = watched(script('printf "KER"; sleep 0.05; echo "NEL[1]"'));
    await vi.waitFor(() => expect(warnings).toHaveLength(1), TIMEOUT);
    await clock.advance(500);
    expect(onChange).toHaveBeenCalledTimes(1);
  });
});
