import type { Verdict } from '@vfleet/contracts/define';
import { AddNetwork, GetNetwork, ListNetworks, RemoveNetwork, UpdateNetwork } from '@vfleet/contracts/policy/networks';
import { AddQos, RemoveQos } from '@vfleet/contracts/policy/qos';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { networkModel, type Step } from './testing/network-model.ts';
import { codesOf, type PolicyUnderTest, policyUnderTest, replyOf } from './testing/policy-under-test.ts';

/** Names and ids that meet: two spellings of one, two cases, and a name that is another one's id. */
const NAMES = ['red', 'ｒｅｄ', 'Red', 'blue', 'n1', 'n2'];
const IDS = ['n1', 'n2', 'n3', 'red'];

let world: PolicyUnderTest;

beforeAll(async () => {
  world = await policyUnderTest({ replicas: 2 });
});
afterAll(() => world.close());

it('gives a name to one of 50 networks that want it at once on two replicas', async () => {
  const wanted = (number: number) => (number % 2 === 0 ? 'fiber' : 'ﬁber');
  const verdicts = await Promise.all(
    Array.from({ length: 50 }, (_, number) =>
      world.ask(AddNetwork, { networkId: `many-${number}`, fields: { name: wanted(number) } }),
    ),
  );
  expect(verdicts.filter(({ ok }) => ok)).toHaveLength(1);
  const refused = verdicts.filter(({ ok }) => !ok).flatMap(codesOf);
  expect(new Set(refused)).toEqual(new Set(['NETWORK_NAME_IN_USE']));
  const { items } = replyOf(await world.ask(ListNetworks, { limit: 100, name: 'FIBER' }));
  expect(items).toHaveLength(1);
});

it('gives one of 50 renamed networks the name they all want', async () => {
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  for (const number of numbers) {
    replyOf(await world.ask(AddNetwork, { networkId: `old-${number}`, fields: { name: `old ${number}` } }));
  }
  const verdicts = await Promise.all(
    numbers.map((number) => world.ask(UpdateNetwork, { network: `old-${number}`, fields: { name: 'new' } })),
  );
  expect(verdicts.filter(({ ok }) => ok)).toHaveLength(1);
  expect(replyOf(await world.ask(ListNetworks, { limit: 100, name: 'new' })).items).toHaveLength(1);
});

it('keeps names unique and reads right through any story', { timeout: 60_000 }, async () => {
  const ref = fc.constantFrom(...NAMES, ...IDS);
  const name = fc.constantFrom(...NAMES);
  const id = fc.constantFrom(...IDS);
  const qos = fc.option(fc.constantFrom(...NAMES, ...IDS, null), { nil: undefined });
  const ifVersion = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant('add-network' as const), id, name, qos }),
    fc.record({
      ...{ kind: fc.constant('update-network' as const), ref, qos, ifVersion },
      name: fc.option(name, { nil: undefined }),
      mtu: fc.constantFrom(undefined, 1500, 9000),
    }),
    fc.record({ kind: fc.constant('remove-network' as const), ref, ifVersion }),
    fc.record({ kind: fc.constant('add-qos' as const), id, name, type: fc.constantFrom('vm_network', 'host_network') }),
    fc.record({ kind: fc.constant('remove-qos' as const), ref }),
  );
  let story = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
      const tale = `-${story++}`;
      const model = networkModel();
      for (const next of steps) {
        const verdict = await told(next, tale);
        expect([...(verdict.ok ? [] : codesOf(verdict))].sort()).toEqual(model.take(next).sort());
      }
      for (const known of [...NAMES, ...IDS]) {
        const read = await world.ask(GetNetwork, { network: `${known}${tale}` });
        const expected = model.network(known);
        if (expected) expect(untold(replyOf(read), tale)).toMatchObject(expected);
        else expect(codesOf(read)).toEqual(['ACTION_TYPE_FAILED_NETWORK_NOT_EXIST']);
      }
    }),
    { numRuns: 200 },
  );
});

/** Asks policy for a step of a story, whose names and ids end in its own way. */
function told(step: Step, tale: string): Promise<Verdict<unknown>> {
  const its = (text: string) => `${text}${tale}`;
  const qosOf = (qos: string | null | undefined) =>
    qos === undefined ? {} : { qos: qos === null ? null : { name: its(qos) } };
  switch (step.kind) {
    case 'add-network': {
      const fields = { name: its(step.name), ...qosOf(step.qos) };
      return world.ask(AddNetwork, { networkId: its(step.id), fields });
    }
    case 'update-network': {
      const { mtu, ifVersion } = step;
      const fields = { name: step.name === undefined ? undefined : its(step.name), mtu, ...qosOf(step.qos) };
      return world.ask(UpdateNetwork, { network: its(step.ref), fields, ifVersion });
    }
    case 'remove-network':
      return world.ask(RemoveNetwork, { network: its(step.ref), ifVersion: step.ifVersion });
    case 'add-qos':
      return world.ask(AddQos, { qosId: its(step.id), fields: { name: its(step.name), type: step.type } });
    case 'remove-qos':
      return world.ask(RemoveQos, { qos: its(step.ref) });
  }
}

function untold<Read>(read: Read, tale: string): Read {
  return JSON.parse(JSON.stringify(read).replaceAll(`${tale}"`, '"')) as Read;
}
