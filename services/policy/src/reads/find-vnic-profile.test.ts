import type { StoreUnderTest } from '@vfleet/documents/conformance/thing';
import type { Documents } from '@vfleet/documents/documents';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VNIC_PROFILES } from '../collections.ts';
import type { StoredVnicProfile } from '../core/vnic-profile.ts';
import { sampleVnicProfile } from '../testing/sample-vnic-profile.ts';
import { findVnicProfile, onVnicProfile } from './find-vnic-profile.ts';

let opened: StoreUnderTest;
let profiles: Documents<StoredVnicProfile>;

beforeEach(async () => {
  opened = await openTemporary();
  profiles = await opened.store.open(VNIC_PROFILES);
});
afterEach(() => opened.destroy());

async function have(...bodies: Partial<StoredVnicProfile>[]) {
  for (const body of bodies.map(sampleVnicProfile))
    await profiles.put({ id: body.id, expectedVersion: 0, body, answers: [], unpublished: [] });
}

it('finds a profile by its id, and by a name that one alone has, however its letters are drawn', async () => {
  await have({ id: 'p1', name: 'gold' }, { id: 'p2', name: 'silver' });
  for (const ref of ['p2', 'silver', 'ｓｉｌｖｅｒ'])
    expect(await findVnicProfile(profiles, ref)).toMatchObject({ ok: true, profile: { id: 'p2' } });
});

it('lets an id win over a name', async () => {
  await have({ id: 'gold', name: 'a' }, { id: 'p2', name: 'gold', networkId: 'n2' });
  expect(await findVnicProfile(profiles, 'gold')).toMatchObject({ ok: true, profile: { id: 'gold' } });
});

it('refuses a name that profiles of several networks have, and names their ids', async () => {
  await have({ id: 'p1' }, { id: 'p2', networkId: 'n2' });
  expect(await findVnicProfile(profiles, 'gold')).toMatchObject({
    refusals: [{ code: 'VNIC_PROFILE_NAME_AMBIGUOUS', detail: expect.stringMatching(/gold: p1 .*n1, p2 .*n2\.$/) }],
  });
});

it('names ten of many and says that there are more', async () => {
  await have(...Array.from({ length: 12 }, (_, n) => ({ id: `p${n + 10}`, networkId: `n${n}` })));
  const found = await findVnicProfile(profiles, 'gold');
  expect(found.ok ? '' : found.refusals[0]?.detail).toMatch(/p10 .*p19 on network n9 and others\.$/);
});

it('refuses what no profile is known by, and does nothing then', async () => {
  await have({ id: 'p1' });
  const refused = await onVnicProfile(profiles, 'tin', () => {
    throw new Error('nothing was found');
  });
  expect(refused).toMatchObject({
    refusals: [{ code: 'VNIC_PROFILE_NOT_EXIST', detail: expect.stringContaining('tin') }],
  });
});
