import type { Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { expect, it } from 'vitest';
import { decideWanted, type PfActivity, type WantedDecision } from './decide-wanted.ts';

const of = (generation: number, vfsConfigId = 'c1') => ({ vfsConfigId, generation });
const settled = (generation: number): Settlement => ({
  ...of(generation),
  wanted: 4,
  wantedMtu: null,
  outcome: { result: 'applied' },
  existing: 4,
});

type Case = {
  name: string;
  wanted: ReturnType<typeof of>;
  settlement?: Settlement;
  activity?: PfActivity;
  queued?: ReturnType<typeof of>;
  decision: WantedDecision;
};

const CASES: Case[] = [
  { name: 'the first one', wanted: of(1), decision: 'start' },
  { name: 'a newer one', wanted: of(6), settlement: settled(5), decision: 'start' },
  { name: 'F54: a settled one is reported again', wanted: of(5), settlement: settled(5), decision: 'report-again' },
  { name: 'one older than the settled', wanted: of(4), settlement: settled(5), decision: 'report-again' },
  { name: 'another VfsConfig', wanted: of(1, 'c2'), settlement: settled(5), decision: 'start' },
  { name: 'the one being worked on', wanted: of(5), activity: { kind: 'working', on: of(5) }, decision: 'ignore' },
  {
    name: 'the one being taken back after it was settled',
    wanted: of(5),
    settlement: settled(5),
    activity: { kind: 'working', on: of(5) },
    decision: 'ignore',
  },
  { name: 'one overtaken by the work', wanted: of(4), activity: { kind: 'working', on: of(5) }, decision: 'ignore' },
  { name: 'F56: one that overtakes', wanted: of(6), activity: { kind: 'working', on: of(5) }, decision: 'follow' },
  { name: 'one queued', wanted: of(6), activity: { kind: 'working', on: of(5) }, queued: of(6), decision: 'ignore' },
  {
    name: 'one overtaken in the queue',
    wanted: of(6),
    activity: { kind: 'working', on: of(5) },
    queued: of(7),
    decision: 'ignore',
  },
  {
    name: 'one that overtakes the queue',
    wanted: of(8),
    activity: { kind: 'working', on: of(5) },
    queued: of(7),
    decision: 'follow',
  },
  {
    name: 'another VfsConfig while at work',
    wanted: of(1, 'c2'),
    activity: { kind: 'working', on: of(5) },
    queued: of(7),
    decision: 'follow',
  },
  { name: 'the stuck one', wanted: of(5), activity: { kind: 'stuck', on: of(5) }, decision: 'report-again' },
  {
    name: 'a newer one while stuck',
    wanted: of(6),
    activity: { kind: 'stuck', on: of(5) },
    decision: 'follow-when-unstuck',
  },
  {
    name: 'the interrupted one goes on',
    wanted: of(5),
    activity: { kind: 'interrupted', on: of(5) },
    decision: 'start',
  },
  {
    name: 'the interrupted taking back of a settled one',
    wanted: of(5),
    settlement: settled(5),
    activity: { kind: 'interrupted', on: of(5) },
    decision: 'start',
  },
  {
    name: 'one newer than the interrupted',
    wanted: of(6),
    activity: { kind: 'interrupted', on: of(5) },
    decision: 'start',
  },
  {
    name: 'one older than the interrupted',
    wanted: of(4),
    activity: { kind: 'interrupted', on: of(5) },
    decision: 'ignore',
  },
];

it.each(CASES)(
  '$name: $decision',
  ({ wanted, settlement = null, activity = { kind: 'idle' }, queued = null, decision }) => {
    expect(decideWanted({ wanted, settlement, activity, queued })).toBe(decision);
  },
);
