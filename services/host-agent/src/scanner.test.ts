import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import type { HostScan } from './host.ts';
import { scanner } from './scanner.ts';
import { passing } from './testing/passing.ts';

const EMPTY: HostScan = {
  devices: {},
  nics: [],
  pfs: [],
  iommu: null,
  platform: {
    kernel: null,
    interruptRemapping: null,
    unsafeInterruptsAllowed: null,
    brokenChipset: null,
    hypervisor: null,
  },
};
const clock = virtualClock();
const around = { clock, log: silentLog, settings: { scanDeadlineMs: 60_000 } };

it('gives what the host shows', async () => {
  const scan = scanner({ ...around, host: { scan: async () => EMPTY } });
  expect(await scan()).toEqual({ scan: EMPTY, error: null });
});

it('gives the error in words, and scans anew the next time', async () => {
  let turn = 0;
  const scan = scanner({
    ...around,
    host: { scan: () => (turn++ === 0 ? Promise.reject(new Error('no sysfs')) : Promise.resolve(EMPTY)) },
  });
  expect(await scan()).toEqual({ scan: null, error: 'the host could not be scanned: no sysfs' });
  expect((await scan()).scan).toEqual(EMPTY);
});

it('F60: gives up a scan that hangs, and starts no second one beside it', async () => {
  let started = 0;
  const { promise, resolve } = Promise.withResolvers<HostScan>();
  const scan = scanner({
    ...around,
    host: {
      scan: () => {
        started++;
        return promise;
      },
    },
  });
  expect(await passing(clock, scan())).toMatchObject({ scan: null, error: expect.stringContaining('60 s') });
  const second = scan();
  resolve(EMPTY);
  expect(await second).toEqual({ scan: EMPTY, error: null });
  expect(started).toBe(1);
});
