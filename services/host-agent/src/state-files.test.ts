import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskFiles } from './adapters/disk-files.ts';
import { beginJournal } from './core/journal.ts';
import { StateFileError, stateFiles } from './state-files.ts';
import { memoryFiles } from './testing/memory-files.ts';

const pf = '0000:02:00.0';
const wanted = { vfsConfigId: 'c1', pciAddress: pf, generation: 5, numOfVfs: 7, mtu: 9000 };
const identity = { vendorId: '0x8086', deviceId: '0x10c9', mac: null };
const journal = beginJournal({
  wanted,
  found: { existing: 4, identity, mtu: 1500 },
  persisted: { count: 4, identity, mtu: null },
  open: null,
  startedAt: '2026-01-01T00:00:00.000Z',
});

it('F50: keeps the number exactly as the seed says', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'vfleet-state-'));
  try {
    const state = stateFiles(diskFiles(dir));
    await state.persist(pf, { count: 7, identity, mtu: null });
    expect(await readFile(join(dir, 'virtual_functions', pf), 'utf8')).toBe('7');
    expect(await state.persisted(pf)).toEqual({ count: 7, identity, mtu: null });
  } finally {
    await rm(dir, { recursive: true });
  }
});

it('keeps 0 apart from unmanaged', async () => {
  const state = stateFiles(memoryFiles());
  expect(await state.persisted(pf)).toBeNull();
  await state.persist(pf, { count: 0, identity: null, mtu: null });
  expect(await state.persisted(pf)).toEqual({ count: 0, identity: null, mtu: null });
  await state.unpersist(pf);
  expect(await state.persisted(pf)).toBeNull();
});

it('keeps the MTU beside the number until it is given up', async () => {
  const state = stateFiles(memoryFiles());
  await state.persist(pf, { count: 7, identity, mtu: 9000 });
  expect(await state.persisted(pf)).toEqual({ count: 7, identity, mtu: 9000 });
  await state.persist(pf, { count: 7, identity, mtu: null });
  expect(await state.persisted(pf)).toEqual({ count: 7, identity, mtu: null });
  await state.persist(pf, { count: 7, identity, mtu: 9000 });
  await state.unpersist(pf);
  await state.persist(pf, { count: 7, identity: null, mtu: null });
  expect((await state.persisted(pf))?.mtu).toBeNull();
});

it('takes the number of a file written by vdsm', async () => {
  const state = stateFiles(memoryFiles({ [`virtual_functions/${pf}`]: '7\n' }));
  expect(await state.persisted(pf)).toEqual({ count: 7, identity: null, mtu: null });
});

it('gives back what was kept', async () => {
  const state = stateFiles(memoryFiles());
  const settlement = {
    vfsConfigId: 'c1',
    generation: 5,
    wanted: 7,
    wantedMtu: 9000,
    outcome: { result: 'applied' as const },
    existing: 7,
  };
  await state.openJournal(journal);
  await state.settle(pf, settlement);
  const fence = { fence: 12, claimId: 'k1', cleaned: true, before: null, machineBoot: 'boot-1', holder: null };
  await state.keepFence('0000:02:10.1', fence);
  expect(await state.journal(pf)).toEqual(journal);
  expect(await state.settlement(pf)).toEqual(settlement);
  expect(await state.fence('0000:02:10.1')).toEqual(fence);
  expect(await state.fencedVfs()).toEqual(['0000:02:10.1']);
  expect(await state.openJournals()).toEqual([pf]);
  await state.closeJournal(pf);
  expect(await state.journal(pf)).toBeNull();
  expect(await state.openJournals()).toEqual([]);
});

it('writes a schema version into each JSON', async () => {
  const files = memoryFiles();
  await stateFiles(files).keepFloor(7);
  expect(files.contents.get('vfleet/fence-floor.json')).toBe('{"schemaVersion":1,"floor":7}\n');
});

it('reads the fence of an agent that knew no claims', async () => {
  const files = memoryFiles({ 'vfleet/fences/0000:02:10.1.json': '{"schemaVersion":1,"fence":1,"cleaned":false}' });
  const fence = { fence: 1, claimId: null, cleaned: false, before: null, machineBoot: null, holder: null };
  expect(await stateFiles(files).fence('0000:02:10.1')).toEqual(fence);
});

it('keeps no lower fence, and none again that was cleaned', async () => {
  const vf = '0000:02:10.1';
  const state = stateFiles(memoryFiles());
  const fence = { fence: 5, claimId: 'k5', cleaned: true, before: null, machineBoot: 'boot-1', holder: null };
  await state.keepFence(vf, fence);
  await expect(state.keepFence(vf, { ...fence, fence: 4 })).rejects.toThrow('cannot follow fence 5');
  await expect(state.keepFence(vf, { ...fence, cleaned: false })).rejects.toThrow('cannot follow fence 5');
  expect(await state.fence(vf)).toEqual(fence);
});

it('lists only PFs, whatever else lies there', async () => {
  const files = memoryFiles({
    'virtual_functions/.0000:02:00.0.77.tmp': '7',
    'virtual_functions/README': '',
    [`virtual_functions/${pf}`]: '3',
  });
  expect(await stateFiles(files).managed()).toEqual([pf]);
});

describe('the boot number', () => {
  it('rises with every start', async () => {
    const state = stateFiles(memoryFiles());
    expect(await state.nextBoot(1000)).toBe(1000);
    expect(await state.nextBoot(1000)).toBe(1001);
    expect(await state.nextBoot(5000)).toBe(5000);
  });
  it('rises also when the clock was set back', async () => {
    const state = stateFiles(memoryFiles());
    await state.nextBoot(9000);
    expect(await state.nextBoot(10)).toBe(9001);
  });
});

describe('an unreadable file is an error that names file and remedy', () => {
  it.each([
    { name: 'no number', path: `virtual_functions/${pf}`, text: 'seven', read: 'persisted' as const },
    { name: 'a negative number', path: `virtual_functions/${pf}`, text: '-1', read: 'persisted' as const },
    { name: 'an empty number', path: `virtual_functions/${pf}`, text: '', read: 'persisted' as const },
    {
      name: 'a torn journal',
      path: `vfleet/journal/${pf}.json`,
      text: '{"schemaVersion":1,"gen',
      read: 'journal' as const,
    },
    {
      name: 'a journal of the future',
      path: `vfleet/journal/${pf}.json`,
      text: '{"schemaVersion":2}',
      read: 'journal' as const,
    },
    {
      name: 'a settlement without a field',
      path: `vfleet/settled/${pf}.json`,
      text: '{"schemaVersion":1,"generation":3}',
      read: 'settlement' as const,
    },
  ])('$name', async ({ path, text, read }) => {
    const refused = stateFiles(memoryFiles({ [path]: text }))[read](pf);
    await expect(refused).rejects.toBeInstanceOf(StateFileError);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining(`/var/lib/vdsm/${path}`),
      remedy: expect.stringMatching(/forget|Restore/),
    });
  });

  it('never takes a cut-off journal for a whole one', async () => {
    const files = memoryFiles();
    const state = stateFiles(files);
    await state.openJournal(journal);
    const whole = files.contents.get(`vfleet/journal/${pf}.json`) as string;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.trimEnd().length - 1), async (length) => {
        files.contents.set(`vfleet/journal/${pf}.json`, whole.slice(0, length));
        await expect(state.journal(pf)).rejects.toBeInstanceOf(StateFileError);
      }),
    );
  });

  it('and so is a disk that refuses', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const state = stateFiles({ ...memoryFiles(), write: () => Promise.reject(full) });
    await expect(state.persist(pf, { count: 4, identity, mtu: null })).rejects.toMatchObject({
      message: expect.stringContaining('ENOSPC'),
      remedy: expect.stringContaining('free space'),
    });
  });
});
