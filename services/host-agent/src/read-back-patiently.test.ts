import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import type { VfSettings } from './core/vf-settings.ts';
import { readBackPatiently } from './read-back-patiently.ts';
import { passing } from './testing/passing.ts';

const VF = '0000:05:10.0';
const UNSET: VfSettings = {
  ...{ mac: null, vlanId: null, vlanQos: null, vlanProtocol: null, spoofCheck: null, trust: null, linkState: null },
  ...{ minTxRate: null, maxTxRate: null },
};

/** A VF that shows `seen` one look after the other, the last one for good; undefined is no VF. */
function reading(...seen: ((Partial<VfSettings> & object) | undefined)[]) {
  const clock = virtualClock();
  const begun = clock.now();
  let looks = 0;
  const lookAtVf = async () => {
    const settings = seen[Math.min(looks++, seen.length - 1)];
    return (
      settings && {
        ...{ pciAddress: VF, pfAddress: '0000:05:00.0', driver: 'igbvf', netdev: null },
        settings: { ...UNSET, ...settings },
      }
    );
  };
  const read = (wanted: Partial<VfSettings>) =>
    passing(clock, readBackPatiently({ guests: { lookAtVf }, clock }, VF, { ...UNSET, ...wanted }), { stepMs: 50 });
  return { read, tookMs: () => clock.now() - begun };
}

it('takes what is shown at once', async () => {
  const { read, tookMs } = reading({ trust: true });
  expect(await read({ trust: true })).toEqual([]);
  expect(tookMs()).toBe(0);
});

it('waits for what is shown after a while (F23)', async () => {
  const { read, tookMs } = reading({ trust: false }, { trust: false }, { trust: true });
  expect(await read({ trust: true })).toEqual([]);
  expect(tookMs()).toBeGreaterThanOrEqual(400);
});

it('tells what differs still after a second', async () => {
  const { read, tookMs } = reading({ trust: false });
  expect(await read({ trust: true })).toEqual([
    { kind: 'not-read-back', vf: VF, differences: [{ name: 'trust', wanted: 'true', seen: 'false' }] },
  ]);
  expect(tookMs()).toBeLessThanOrEqual(1000);
});

it('tells at once that the VF is gone', async () => {
  const { read, tookMs } = reading({ trust: false }, undefined);
  expect(await read({ trust: true })).toEqual([{ kind: 'vf-missing', vf: VF }]);
  expect(tookMs()).toBeLessThanOrEqual(250);
});
