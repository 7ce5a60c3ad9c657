import type { Verdict } from '@vfleet/contracts/define';
import { refusal } from '@vfleet/contracts/refusals';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { put, type Thing, thing } from '../conformance/thing.ts';
import { type Decide, decideAndPut } from '../decide-and-put.ts';
import { type Documents, guardOf, type Stored } from '../documents.ts';
import { commandOf, type World } from './world.ts';

/** The network that things of a world rest on. */
export async function networkOf(networks: Documents<Thing>): Promise<Stored<Thing>> {
  const network = await networks.get('n');
  if (!network) throw new Error('the network n is gone');
  return network;
}

const IN_USE = { ok: false, refusals: [refusal('NETWORK_IN_USE', '')] } satisfies Verdict<null>;
const NOT_THERE = {
  ok: false,
  refusals: [refusal('ACTION_TYPE_FAILED_NETWORK_NOT_EXIST', '')],
} satisfies Verdict<null>;

/** The network that a run is about; `pause` lets others take their steps. */
type Story = { world: World; network: string; pause: () => Promise<void> };

/**
 * A rule that no command breaks alone: no thing is on a network that is gone or closed. Who refers to the network
 * guards it; who ends it reads its users after it, and writes with the version that was read.
 */
export function ruleOfTwo(world: () => World): void {
  it('holds a rule that two commands break only together, in every order of their steps', async () => {
    const ends = fc.subarray(['remove', 'close'] as const, { minLength: 1 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 4 }), ends, async (scheduler, users, ways) => {
        const network = `network-${++run}`;
        const story = { world: world(), network, pause: () => scheduler.schedule(Promise.resolve()) };
        await put(story.world.networks, network);
        const [used, ended] = await scheduler.waitFor(
          Promise.all([
            Promise.all(Array.from({ length: users }, (_, index) => use(story, `${network}-user-${index}`))),
            Promise.all(ways.map((way) => end(story, way))),
          ]),
        );
        const isUsed = used.some(({ ok }) => ok);
        const isEnded = ended.some(({ ok }) => ok);
        expect(isUsed !== isEnded, 'one side gets its way, and only one').toBe(true);
        const onIt = await story.world.things.find('colour', network, { limit: 10 });
        expect(onIt).toHaveLength(isUsed ? users : 0);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
}

/** Puts a thing on the network, which must be there and open (its count is 0). */
function use({ world, network: id, pause }: Story, user: string): Promise<Verdict<null>> {
  const { things, networks } = world.start({ pause });
  const decide: Decide<Thing, object, null, unknown, Stored<Thing> | undefined> = (
    _stored,
    _message,
    _given,
    network,
  ) => {
    if (!network || network.body.count > 0) return NOT_THERE;
    const body = thing({ name: user, colour: id });
    return { ok: true, body, reply: null, facts: [], restsOn: [guardOf(networks.documents, network)] };
  };
  return decideAndPut(things, user, commandOf(user, {}), decide, { read: () => networks.documents.get(id) });
}

/** Removes the network, or closes it to new users, unless a thing is on it. */
function end({ world, network: id, pause }: Story, way: 'remove' | 'close'): Promise<Verdict<null>> {
  const { things, networks } = world.start({ pause });
  const decide: Decide<Thing, object, null, unknown, Stored<Thing>[]> = (stored, _message, _given, users) => {
    if (!stored) return NOT_THERE;
    if (users.length > 0) return IN_USE;
    return { ok: true, body: way === 'remove' ? way : { ...stored.body, count: 1 }, reply: null, facts: [] };
  };
  const read = () => things.documents.find('colour', id, { limit: 11 });
  return decideAndPut(networks, id, commandOf(`${id}-${way}`, {}), decide, { read });
}
