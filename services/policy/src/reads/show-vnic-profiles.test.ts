import { randomUUID } from 'node:crypto';
import type { StoreUnderTest } from '@vfleet/documents/conformance/thing';
import type { Documents } from '@vfleet/documents/documents';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type OwnedCollections, openCollections } from '../owned-collections.ts';
import { sampleNetwork } from '../testing/sample-vm.ts';
import { sampleQos, sampleVnicProfile } from '../testing/sample-vnic-profile.ts';
import { showVnicProfiles } from './show-vnic-profiles.ts';

let opened: StoreUnderTest;
let owned: OwnedCollections;

beforeEach(async () => {
  opened = await openTemporary();
  const bus = { publish: async () => {} };
  owned = await openCollections({ bus, store: opened.store, clock: virtualClock(), log: silentLog, newId: randomUUID });
});
afterEach(() => opened.destroy());

async function have<Body extends { id: string }>({ documents }: { documents: Documents<Body> }, ...bodies: Body[]) {
  for (const body of bodies)
    await documents.put({ id: body.id, expectedVersion: 0, body, answers: [], unpublished: [] });
  return vi.spyOn(documents, 'get');
}

it('reads each document that profiles refer to once, and nothing else', async () => {
  const spare = sampleVnicProfile({ id: 'spare', name: 'spare' });
  const reads = [
    await have(owned.networks, sampleNetwork({ id: 'n1', name: 'red' }), sampleNetwork({ id: 'n2', name: 'blue' })),
    await have(owned.qos, sampleQos()),
    await have(owned.vnicProfiles, spare),
  ];
  const page = Array.from({ length: 9 }, (_, n) =>
    sampleVnicProfile({ id: `p${n}`, networkId: n % 2 ? 'n1' : 'n2', qosId: 'q1', failoverId: n > 4 ? 'spare' : null }),
  );
  const show = await showVnicProfiles(owned, page);
  expect(page.map(show).at(-1)).toMatchObject({
    ...{ id: 'p8', network: { id: 'n2', name: 'blue' }, qos: { id: 'q1', name: 'slow' } },
    failover: { id: 'spare', name: 'spare' },
  });
  expect(reads.map(({ mock }) => mock.calls.flat())).toEqual([['n2', 'n1'], ['q1'], ['spare']]);
});

it('shows a network that was removed meanwhile by its id, and others not at all', async () => {
  const profile = sampleVnicProfile({ networkId: 'n9', qosId: 'q9', failoverId: 'p9' });
  const show = await showVnicProfiles(owned, [profile]);
  expect(show(profile)).toMatchObject({ network: { id: 'n9', name: 'n9' }, qos: null, failover: null });
});
