import { refusal } from '@vfleet/contracts/refusals';
import { advance } from '../core/advance.ts';
import type { Happening } from '../core/happening.ts';
import { beginMigration } from '../core/migration-intent.ts';
import type { Placement } from '../core/placement.ts';
import { beginPlug, beginUnplug } from '../core/plug-intents.ts';
import {
  counter,
  NOW,
  runningPlacement,
  SAMPLE_VM,
  sampleOperation,
  sampleTry,
  startingPlacement,
} from './sample-run.ts';

export const LATER = '2026-01-01T00:01:00.000Z';
const FAILURE = { code: 'BROKEN', cause: 'it is broken', remedy: 'Repair it.' };
export const SEEN = { hostId: 'id-alpha', boot: 1, sequence: 11 };
export const REFUSALS = [refusal('VF_NOT_FREE', 'It went to others.')];

export const passed: Happening = {
  kind: 'passed',
  answer: { seen: SEEN, attached: [{ vnicId: 'id-nic1', guestPciAddress: '0000:00:10.0' }] },
};
export const failed = (domain: 'running' | 'gone' | 'unknown', attached: string[] = []): Happening => ({
  kind: 'host-failed',
  failure: FAILURE,
  domain,
  answer: { seen: SEEN, attached: attached.map((vnicId) => ({ vnicId, guestPciAddress: null })) },
});
export const chosen = (host: string, attempt: number): Happening => ({
  kind: 'chosen',
  vm: SAMPLE_VM,
  on: sampleTry(host, { attempt, newId: counter('next-') }),
});
export const stopAsked: Happening = { kind: 'stop-asked', operation: sampleOperation('stop', { id: 'op-stop' }) };

/** A placement after these happenings. */
export function after(placement: Placement, ...happenings: Happening[]): Placement {
  return happenings.reduce((now, happening) => advance(now, happening, { now: LATER }) ?? now, placement);
}

export const starting = startingPlacement();
export const running = runningPlacement();
const resolved = { ...SAMPLE_VM, domainXml: null };
export const migrating = beginMigration(running, {
  ...{ operation: sampleOperation('migrate'), resolved, now: NOW },
  on: sampleTry('bravo', { attempt: 2, newId: counter('there-') }),
});
export const unplugging = beginUnplug(running, { operation: sampleOperation('unplug'), vnicId: 'id-nic1', now: NOW });
export const upgrading = beginPlug(running, {
  ...{ operation: sampleOperation('upgrade'), resolved: { ...resolved, vnics: SAMPLE_VM.vnics.slice(1) }, now: NOW },
  on: {
    ...sampleTry('alpha', { attempt: 1, newId: counter('up-'), vfs: 2 }),
    vnics: sampleTry('alpha', { attempt: 1, newId: counter('up-'), vfs: 2 }).vnics.slice(1),
  },
});
export const outcomeOf = (placement: Placement) => placement.ended.at(-1)?.outcome;
export const codesOf = (placement: Placement) => placement.ended.at(-1)?.problems.map(({ code }) => code);
