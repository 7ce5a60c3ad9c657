import { expect, it } from 'vitest';
import { fleetIndex } from './core/fleet-index.ts';
import { explainInTurn } from './explain-in-turn.ts';
import { sampleDemand, sampleWish } from './testing/sample-demand.ts';
import { sampleHost, samplePf } from './testing/sample-host.ts';

const DEMAND = sampleDemand([sampleWish('nic1', 'red')]);

function hostsWithout(count: number) {
  const index = fleetIndex();
  for (let n = 0; n < count; n++) index.put(sampleHost(`h${n}`, [samplePf(1, 0)]));
  return [...index.hosts()];
}

it('one fleet is explained after the other, each with pauses', async () => {
  const events: string[] = [];
  const explain = explainInTurn({ pause: async () => void events.push('pause') });
  const asked = ['first', 'second'].map(async (name) => {
    const { rejected } = await explain(hostsWithout(200), DEMAND);
    events.push(`${name} ${rejected}`);
  });
  await Promise.all(asked);
  const [first, second] = [events.indexOf('first 200'), events.indexOf('second 200')];
  expect(events.slice(0, first)).toEqual(Array(first).fill('pause'));
  expect(second - first).toBeGreaterThan(4);
});

it('one host waits for no fleet', async () => {
  const events: string[] = [];
  const explain = explainInTurn({ pause: () => Promise.resolve() });
  const fleet = explain(hostsWithout(200), DEMAND).then(() => events.push('fleet'));
  const host = explain(hostsWithout(1), DEMAND).then(() => events.push('host'));
  await Promise.all([fleet, host]);
  expect(events).toEqual(['host', 'fleet']);
});

it('one that cannot be explained keeps none of the others', async () => {
  const explain = explainInTurn({ pause: () => Promise.resolve() });
  const broken = explain(Array(51).fill(undefined), DEMAND);
  await expect(broken).rejects.toThrow();
  await expect(explain(hostsWithout(51), DEMAND)).resolves.toMatchObject({ rejected: 51 });
});
