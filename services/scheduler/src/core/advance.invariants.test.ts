import { refusal } from '@vfleet/contracts/refusals';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { counter, downPlacement, NOW, SAMPLE_VM, sampleOperation, sampleTry } from '../testing/sample-run.ts';
import { advance } from './advance.ts';
import { beginStart } from './begin-operation.ts';
import type { Happening, HappeningKind } from './happening.ts';
import { leftLostHost, stopFailed, stopped, withClaimsLeft } from './leave-host.ts';
import { beginMigration } from './migration-intent.ts';
import { namedClaims } from './named-claims.ts';
import { type Placement, PlacementState } from './placement.ts';
import { PLACEMENT_TABLE } from './placement-table.ts';
import { beginPlug, beginUnplug } from './plug-intents.ts';

const HOSTS = ['alpha', 'bravo', 'charlie'];
const FAILURE = { code: 'BROKEN', cause: 'it is broken', remedy: 'Repair it.' };

/** Random numbers decide what happens next of all that can. */
const choices = fc.array(fc.record({ which: fc.nat(1000), how: fc.nat(1000) }), {
  minLength: 20,
  maxLength: 200,
  size: 'max',
});

it('keeps its promises whatever happens, in whatever order', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(choices, (all) => {
      const world = { newId: counter('claim-'), operations: counter('op-'), now: counter('2026-01-01T00:00:00.00') };
      let placement = downPlacement();
      for (const { which, how } of all) {
        const moves = movesOf(placement, how, world);
        const move = moves[which % moves.length];
        const next = move?.();
        seen.add(placement.state);
        if (!next) continue;
        expectKept(placement, next);
        placement = next;
      }
    }),
    { numRuns: 500 },
  );
  expect([...seen].sort(), 'every state was come through').toEqual([...PlacementState.options].sort());
});

type World = { newId: () => string; operations: () => string; now: () => string };

/** Everything that can happen to a placement now: what somebody asks for, what its steps come to, and what hosts tell. */
function movesOf(placement: Placement, how: number, world: World): (() => Placement | undefined)[] {
  return [...requests(placement, how, world), ...happenings(placement, how, world), ...lessons(placement, how)];
}

function requests(placement: Placement, how: number, { newId, operations, now }: World): (() => Placement)[] {
  const id = operations();
  const attempt = placement.attempt + 1;
  const on = sampleTry(HOSTS[how % 3] ?? 'alpha', { attempt, newId, vfs: how % 2 });
  const [vnic] = SAMPLE_VM.vnics;
  const resolved = { ...SAMPLE_VM, domainXml: null };
  const takes = PLACEMENT_TABLE[placement.state].takes ?? [];
  return takes.flatMap((kind): (() => Placement)[] => {
    const operation = sampleOperation(kind, { id });
    if (kind === 'start') {
      return [() => beginStart(placement, { operation, vm: SAMPLE_VM, on, placementId: `p-${id}`, now: now() })];
    }
    if (placement.state === 'down') return [];
    const one = { ...on, attempt: placement.attempt, vnics: on.vnics.slice(0, 1) };
    const placed = placement.at?.vnics.find((each) => each.vnic.id === vnic?.id);
    if (kind === 'plug' || kind === 'upgrade') {
      return placed?.vf ? [] : [() => beginPlug(placement, { operation, resolved, on: one, now: now() })];
    }
    if (kind === 'unplug') {
      return placed ? [() => beginUnplug(placement, { operation, vnicId: vnic?.id ?? '', now: now() })] : [];
    }
    return [() => beginMigration(placement, { operation, resolved, on, now: now() })];
  });
}

function happenings(
  placement: Placement,
  how: number,
  { newId, operations, now }: World,
): (() => Placement | undefined)[] {
  const { on, steps } = PLACEMENT_TABLE[placement.state];
  const domain = (['running', 'gone', 'unknown'] as const)[how % 3] ?? 'running';
  const hostId = placement.at?.host.id ?? 'id-alpha';
  const answer = { seen: { hostId, boot: 1, sequence: how }, attached: [] };
  const isFresh = how % 2 === 0;
  const refusals = [refusal('VF_NOT_FREE', 'It is not free.')];
  const attempt = placement.state === 'choosing-vf' ? placement.attempt : placement.attempt + 1;
  const chosen = sampleTry(HOSTS[how % 3] ?? 'alpha', { attempt, newId, vfs: how % 2 });
  const all: Record<HappeningKind, Happening> = {
    passed: { kind: 'passed', answer },
    'vm-changed': { kind: 'vm-changed', isFresh },
    'vm-refused': { kind: 'vm-refused', isFresh, refusals },
    'claims-refused': { kind: 'claims-refused', isFresh, refusals },
    'attach-refused': { kind: 'attach-refused', refusals },
    'plug-refused': { kind: 'plug-refused', refusals },
    'never-told': { kind: 'never-told' },
    'host-failed': { kind: 'host-failed', failure: FAILURE, domain, answer },
    chosen: { kind: 'chosen', vm: SAMPLE_VM, on: chosen },
    'none-fits': { kind: 'none-fits', refusals },
    'vm-gone': { kind: 'vm-gone' },
    'vm-there': { kind: 'vm-there', answer },
    'host-lost': { kind: 'host-lost' },
    'destination-lost': { kind: 'destination-lost' },
    overdue: { kind: 'overdue' },
    'stop-asked': {
      kind: 'stop-asked',
      operation: sampleOperation('stop', { id: operations(), force: how % 2 === 0 }),
    },
  };
  const waits =
    (steps[0] === 'stop-hosts' && placement.leaving.some(({ isGone }) => !isGone)) ||
    (steps[0] === 'release-hosts' && placement.leaving.some(({ claims }) => claims.length > 0));
  const kinds = (Object.keys(on) as HappeningKind[])
    .filter((kind) => on[kind] !== 'never')
    .filter((kind) => !(waits && (kind === 'passed' || kind === 'chosen' || kind === 'none-fits')));
  // Mostly things go well: else nothing would come far.
  const likely = how % 4 > 0 && kinds.includes('passed') ? (['passed'] as const) : kinds;
  return likely.map((kind) => () => advance(placement, all[kind], { now: now() }));
}

/** What is learnt of hosts that were given up: a stop that is done or has failed, claims that are gone, a host lost. */
function lessons(placement: Placement, how: number): (() => Placement | undefined)[] {
  const each = placement.leaving[how % Math.max(placement.leaving.length, 1)];
  if (!each) return [];
  const step = each.stop?.step ?? '';
  return [
    () => stopped(placement, step),
    () => stopFailed(placement, step, { cause: 'It hangs.', remedy: 'Try again.' }),
    () => (each.isGone ? withClaimsLeft(placement, { asked: [each], left: [] }) : undefined),
    () => leftLostHost(placement, [each]),
  ];
}

function expectKept(before: Placement, after: Placement): void {
  const held = namedClaims(after);
  const gone = new Set(namedClaims(before).filter((claim) => !held.includes(claim)));
  const wasReleased = before.leaving
    .flatMap(({ isGone, claims }) => (isGone ? claims : []))
    .map(({ claimId }) => claimId);
  const wasUnplugged = before.state === 'releasing-unplugged' && before.plug?.vf ? [before.plug.vf.claimId] : [];
  for (const claim of gone)
    expect([...wasReleased, ...wasUnplugged], `${before.state} forgets ${claim}`).toContain(claim);
  if (after.state === 'down') expect(held, `down from ${before.state}`).toEqual([]);

  const tried = after.state === 'starting' || after.state === 'claiming-destination' ? (after.at ?? after.to) : null;
  const isNewTry = after.attempt !== before.attempt;
  expect(after.attempt).toBeGreaterThanOrEqual(before.attempt);
  if (after.state === 'starting' && after.at?.attempt !== before.at?.attempt) {
    expect(isNewTry, 'a host is tried in an attempt of its own').toBe(true);
    expect(
      after.leaving.every(({ isGone }) => isGone),
      'a host is tried before the last one proved that it is over',
    ).toBe(true);
  }
  if (isNewTry) expect([after.at?.attempt, after.to?.attempt]).toContain(after.attempt);
  expect(tried === null || tried.attempt <= after.attempt).toBe(true);

  const ids = [...after.ended.map(({ id }) => id), ...(after.operation ? [after.operation.id] : [])];
  expect(new Set(ids).size, 'an operation ends once').toBe(ids.length);
  if (before.operation) expect(ids, 'an operation is not forgotten').toContain(before.operation.id);
  if (after.state === 'down' || after.state === 'running') expect(after.operation).toBeNull();
  expect(after.at === null, `${after.state} is nowhere`).toBe(NOWHERE.includes(after.state));
  expect(NOW <= after.since).toBe(true);
}

const NOWHERE = ['down', 'quitting-host', 'finding-vm', 'stopping', 'releasing'];
