import type { Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { describe, expect, it } from 'vitest';
import { beginJournal, type Journal } from './journal.ts';
import { type JournalDecision, resumeJournal } from './resume-journal.ts';

const wanted = { vfsConfigId: 'c1', pciAddress: '0000:05:00.0', generation: 5, numOfVfs: 7, mtu: null };
const identity = { vendorId: '0x8086', deviceId: '0x10c9', mac: null };
const open = beginJournal({
  wanted,
  found: { existing: 4, identity, mtu: null },
  persisted: { count: 4, identity, mtu: null },
  open: null,
  startedAt: '2026-01-01T00:00:00.000Z',
});
const failure = { code: 'ENOSPC', cause: 'no vectors', remedy: 'fewer queues' };
const stuck = { since: '2026-01-01T00:00:44.000Z', from: 4, to: 7, holder: 'nobody known' };
const settlement = (generation: number, result: 'applied' | 'failed', vfsConfigId = 'c1'): Settlement => ({
  vfsConfigId,
  generation,
  wanted: 7,
  wantedMtu: null,
  outcome: result === 'applied' ? { result } : { result, failure },
  existing: 7,
});

type Case = {
  name: string;
  journal?: Partial<Journal>;
  settlement?: Settlement;
  holds?: number | null;
  hasMtu?: boolean;
  silentForMs?: number;
  decision: JournalDecision;
};

const CASES: Case[] = [
  { name: 'holds what was wanted', holds: 7, decision: { action: 'settle-applied' } },
  { name: 'holds what was wanted, long silent', holds: 7, silentForMs: 90_000, decision: { action: 'settle-applied' } },
  {
    name: 'holds what was wanted after it was stuck',
    journal: { stuck },
    holds: 7,
    decision: { action: 'settle-applied' },
  },
  { name: 'holds the number and not the MTU', holds: 7, hasMtu: false, decision: { action: 'wait-for-word' } },
  {
    name: 'holds the number and not the MTU, silent too long',
    holds: 7,
    hasMtu: false,
    silentForMs: 60_000,
    decision: { action: 'fall-back', failure: { kind: 'interrupted', afterMs: 60_000 } },
  },
  {
    name: 'holds the number that a stuck write has made, before the MTU was set',
    journal: { stuck },
    holds: 7,
    hasMtu: false,
    decision: { action: 'settle-applied' },
  },
  { name: 'holds nothing, in contact', holds: 0, decision: { action: 'wait-for-word' } },
  { name: 'holds the number before, in contact', holds: 4, silentForMs: 59_999, decision: { action: 'wait-for-word' } },
  {
    name: 'holds nothing, silent too long',
    holds: 0,
    silentForMs: 60_000,
    decision: { action: 'fall-back', failure: { kind: 'interrupted', afterMs: 60_000 } },
  },
  {
    name: 'could not be read, silent too long',
    holds: null,
    silentForMs: 60_000,
    decision: { action: 'fall-back', failure: { kind: 'interrupted', afterMs: 60_000 } },
  },
  {
    name: 'a stuck removal ended',
    journal: { stuck },
    holds: 0,
    decision: { action: 'fall-back', failure: { kind: 'stuck', since: stuck.since, holder: stuck.holder } },
  },
  {
    name: 'on the way back',
    journal: { fallingBack: failure },
    holds: 7,
    decision: { action: 'fall-back', failure: null },
  },
  { name: 'settled as applied', settlement: settlement(5, 'applied'), holds: 7, decision: { action: 'close' } },
  { name: 'settled as failed', settlement: settlement(5, 'failed'), holds: 4, decision: { action: 'close' } },
  { name: 'overtaken and settled', settlement: settlement(6, 'applied'), holds: 0, decision: { action: 'close' } },
  {
    name: 'an earlier settlement',
    settlement: settlement(4, 'applied'),
    holds: 0,
    decision: { action: 'wait-for-word' },
  },
  {
    name: 'a settlement of another VfsConfig',
    settlement: settlement(9, 'applied', 'c0'),
    holds: 0,
    decision: { action: 'wait-for-word' },
  },
  {
    name: 'taking an applied one back',
    journal: { fallingBack: failure },
    settlement: settlement(5, 'applied'),
    holds: 7,
    decision: { action: 'fall-back', failure: null },
  },
  {
    name: 'taken back and settled so',
    journal: { fallingBack: failure },
    settlement: settlement(5, 'failed'),
    holds: 4,
    decision: { action: 'close' },
  },
];

describe('an open journal', () => {
  it.each(CASES)(
    '$name: $decision.action',
    ({ journal, settlement = null, holds = null, hasMtu = true, silentForMs = 0, decision }) => {
      expect(
        resumeJournal({ journal: { ...open, ...journal }, settlement, holds, hasMtu, silentForMs, contactMs: 60_000 }),
      ).toEqual(decision);
    },
  );
});
