import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedEnv } from './config.ts';
import { demoFleet, faultsInWords } from './demo-fleet.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vfleet-demo-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the demo fleet', () => {
  it('has one host for each driver', async () => {
    const hosts = await demoFleet({ folder, clock: virtualClock(), faults: [] });
    expect(hosts.map(({ id }) => id)).toEqual(['alpha', 'bravo', 'charlie', 'delta']);
  });

  it('has one more for each fault, on which it happens, and says what', async () => {
    const hosts = await demoFleet({ folder, clock: virtualClock(), faults: ['F42'] });
    expect(hosts.map(({ id }) => id)).toEqual(['alpha', 'bravo', 'charlie', 'delta', 'f42']);
    expect((await hosts[4]?.machine.scan())?.pfs[0]?.existing).toBe(7);
    expect(faultsInWords(['F42'])).toEqual([
      'On host f42 the host itself uses VFs: each of seven in another way. See it so: the VFs of enp5s0f0 are in use, and each says by what.',
    ]);
  });
});

describe('VFLEET_SCENARIO', () => {
  it.each([
    ['F7', ['F7']],
    ['f7, F19', ['F7', 'F19']],
  ])('%j names %j', (text, names) => {
    expect(EmbeddedEnv.parse({ VFLEET_SCENARIO: text }).VFLEET_SCENARIO).toEqual(names);
  });

  it.each(['F99', '', 'F7 F19'])('%j is refused with the names there are', (text) => {
    const { error } = EmbeddedEnv.safeParse({ VFLEET_SCENARIO: text });
    expect(error?.issues[0]?.message).toMatch(/one or more of F1, F2, .*F60/);
  });
});
