import { expect, it } from 'vitest';
import { sampleOnHost, samplePlacement } from '../../testing/sample-placement.ts';
import { advance } from '../advance.ts';
import type { Happening } from '../happening.ts';
import { stopFailed, stopStep } from '../leave-host.ts';
import type { OpenOperation, PlacedVnic } from '../placement.ts';

const NOW = '2026-01-01T00:01:00.000Z';
const OPERATION: OpenOperation = {
  ...{ id: 'op-2', kind: 'plug', actor: { kind: 'user', name: 'admin' }, correlationId: 'op-2', startedAt: NOW },
  ...{ vnicId: 'nic1', hostId: null, force: false, lostRaces: 0, notes: [], problems: [] },
};
const PLUG: PlacedVnic = {
  vnic: { id: 'nic1', name: 'nic1' },
  vf: { claimId: 'c1', pciAddress: '0000:01:10.0', pf: { id: 'pf1', name: 'ens1f0' }, fence: 7 },
  degraded: false,
  guestPciAddress: null,
};

function attachFailed(attached: string[]): Happening {
  return {
    kind: 'host-failed',
    failure: { code: 'NOT_PLUGGED', cause: 'the VLAN was refused.', remedy: 'Try again.' },
    domain: 'running',
    answer: {
      seen: { hostId: 'id-alpha', boot: 1, sequence: 2 },
      attached: attached.map((vnicId) => ({ vnicId, guestPciAddress: null })),
    },
  };
}

it.each([
  { what: 'is in still, as its guest has not let go', attached: ['nic1'], state: 'taking-back-plug' },
  { what: 'was taken back by its host', attached: ['nic9'], state: 'releasing-unplugged' },
])('a vNIC whose plugging failed and that $what: $state', ({ attached, state }) => {
  const plugging = samplePlacement({
    ...{ state: 'plugging', operation: OPERATION, plug: PLUG, at: sampleOnHost('alpha') },
  });
  expect(advance(plugging, attachFailed(attached), { now: NOW })).toMatchObject({
    ...{ state, plug: PLUG, operation: { problems: [{ code: 'PLUGGING_FAILED' }] } },
  });
});

it('a destination that is lost while the source lets go owes no stop', () => {
  const detaching = samplePlacement({
    state: 'detaching-source',
    ...{ at: sampleOnHost('alpha'), to: { ...sampleOnHost('bravo', [PLUG]), attempt: 2 } },
    operation: { ...OPERATION, kind: 'migrate' },
  });
  expect(advance(detaching, { kind: 'destination-lost' }, { now: NOW })).toMatchObject({
    ...{ state: 'replugging-source', to: null },
    leaving: [{ host: { name: 'bravo' }, isGone: true, stop: null, claims: [{ claimId: 'c1' }] }],
    operation: { problems: [{ detail: expect.stringContaining('bravo was confirmed powered off') }] },
  });
});

it('who waits for a stop is told why a host could not do it', () => {
  const { host, attempt, since } = sampleOnHost('alpha');
  const stop = stopStep({ placementId: 'p1' }, { attempt, force: true });
  const leaving = [{ host, attempt, since, isGone: false, after: null, stop, claims: [] }];
  const stopping = samplePlacement({ state: 'stopping', operation: { ...OPERATION, kind: 'stop' }, leaving });
  expect(stopFailed(stopping, stop.step, { cause: 'the process is stuck', remedy: 'See why.' })).toMatchObject({
    leaving: [{ stop: { tries: 2 } }],
    operation: { notes: ['It is not stopped on alpha yet: the process is stuck. See why.'] },
  });
});
