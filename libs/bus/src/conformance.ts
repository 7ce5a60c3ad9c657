import { topologyOf } from '@vfleet/contracts/topology';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, describe } from 'vitest';
import { asking } from './conformance/asking.ts';
import { type Bench, type MakeBroker, SUITE_SETTINGS } from './conformance/bench.ts';
import { SUITE_CONTRACTS } from './conformance/contracts.ts';
import { failing } from './conformance/failing.ts';
import { following } from './conformance/following.ts';
import { hosts } from './conformance/hosts.ts';
import { serving } from './conformance/serving.ts';

/** What every bus promises (bus.ts), as tests against two or more processes on one broker. Each test has an empty broker. */
export function busConformance(name: string, makeBroker: MakeBroker): void {
  describe(`${name} keeps the promises of the bus`, () => {
    let bench: Bench | undefined;
    let count = 0;

    beforeEach(async () => {
      const clock = virtualClock();
      const topology = topologyOf(SUITE_CONTRACTS, { prefix: `suite-${process.pid}-${++count}` });
      bench = { ...(await makeBroker({ topology, clock, settings: SUITE_SETTINGS })), clock };
    });
    afterEach(() => bench?.close());

    function current(): Bench {
      if (!bench) throw new Error('no broker');
      return bench;
    }
    asking(current);
    serving(current);
    failing(current);
    following(current);
    hosts(current);
  });
}
