import { UpdateVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import { PassThrough } from '@vfleet/contracts/vocabulary/vnic-profile';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VNIC_PROFILES } from './collections.ts';
import { codesOf, replyOf } from './testing/policy-under-test.ts';
import { sampleVnicProfile } from './testing/sample-vnic-profile.ts';
import { vnicProfileWorld } from './testing/vnic-profile-world.ts';

let world: Awaited<ReturnType<typeof vnicProfileWorld>>;

beforeEach(async () => {
  world = await vnicProfileWorld();
});
afterEach(() => world.close());

/** A caller from before `preferred` hands back what it was given, and speaks of two values. */
describe.each(PassThrough.options)(
  'a caller that knows only disabled and enabled, with a profile that is %s',
  (value) => {
    beforeEach(async () => {
      await world.added('gold', { pass_through: value });
    });

    it('puts back what it got, and nothing changes', async () => {
      const { resource } = replyOf(await world.get('gold'));
      const { fields } = UpdateVnicProfile.request.parse({ vnicProfile: 'gold', fields: resource });
      expect(replyOf(await world.change('gold', fields))).toEqual(resource);
      expect(replyOf(await world.get('gold'))).toEqual({ resource, version: 1 });
    });

    it.each(['whole', 'alone'])('edits something else, sent %s, and it stays', async (how) => {
      const { resource } = replyOf(await world.get('gold'));
      const edit = { ...(how === 'whole' ? resource : {}), name: 'tin', description: 'edited' };
      const { fields } = UpdateVnicProfile.request.parse({ vnicProfile: 'gold', fields: edit });
      expect(replyOf(await world.change('gold', fields))).toEqual({ ...resource, name: 'tin', description: 'edited' });
    });

    it.each(['disabled', 'enabled'] as const)(
      'says %s by either name, and means what it always meant',
      async (said) => {
        expect(replyOf(await world.change('gold', { pass_through: said })).pass_through).toBe(said);
        replyOf(await world.change('gold', { pass_through: value }));
        expect(replyOf(await world.change('gold', { passthrough: said })).pass_through).toBe(said);
        const limited = await world.change('gold', { port_mirroring: true });
        expect(limited.ok ? [] : codesOf(limited)).toEqual(
          said === 'enabled' ? ['PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES'] : [],
        );
      },
    );
  },
);

it.each(['disabled', 'enabled'] as const)('shows a stored %s as it was stored', async (value) => {
  const profiles = await world.store.open(VNIC_PROFILES);
  const body = sampleVnicProfile({ networkId: 'red', passThrough: value });
  await profiles.put({ id: 'p1', expectedVersion: 0, body, answers: [], unpublished: [] });
  expect(replyOf(await world.get('gold')).resource.pass_through).toBe(value);
});
