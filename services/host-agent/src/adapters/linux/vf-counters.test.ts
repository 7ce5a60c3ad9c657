import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REAL_SRIOV } from '../../../../../test/fixtures/sysfs-tree.ts';
import { vfCounters, vfCountersIn } from './vf-counters.ts';

const NOTHING = { bytes: 0, packets: 0, multicast: 0, broadcast: 0, dropped: 0 };

describe('the counters of VFs', () => {
  it('are read in one look at the PF, as a real kernel tells them', async () => {
    const ran: string[][] = [];
    const stdout = await readFile(join(REAL_SRIOV, 'ip-s-d-j-link-show-pf.json'), 'utf8');
    const run = async (program: string, args: readonly string[]) => {
      ran.push([program, ...args]);
      return { exitCode: 0, stdout, stderr: '' };
    };
    expect(await vfCounters(run, 'ens11')).toEqual(
      [0, 1, 2, 3].map((index) => ({ index, receive: NOTHING, transmit: { bytes: 0, packets: 0, dropped: 0 } })),
    );
    expect(ran).toEqual([['ip', '-s', '-j', '-d', 'link', 'show', 'dev', 'ens11']]);
  });

  it.each([
    ['as they are received', { bytes: 7, packets: 3, dropped: 1 }],
    ['by names of their own', { tx_bytes: 7, tx_packets: 3, dropped: 1 }],
  ])('sent are told %s', (_, tx) => {
    const rx = { bytes: 2 ** 60, packets: 9, multicast: 2, broadcast: 1 };
    expect(vfCountersIn(JSON.stringify([{}, { vfinfo_list: [{ vf: 4, stats: { rx, tx } }] }]))).toEqual([
      { index: 4, receive: { ...rx, dropped: null }, transmit: { bytes: 7, packets: 3, dropped: 1 } },
    ]);
  });

  it('that are not told are left out', () => {
    expect(vfCountersIn(JSON.stringify([{ ifname: 'ens11', vfinfo_list: [{ vf: 0 }] }]))).toEqual([]);
    expect(vfCountersIn('[{"ifname":"ens11"}]')).toEqual([]);
    expect(vfCountersIn('')).toEqual([]);
  });

  it.each(['not JSON', '{}', '[{"vfinfo_list":[{"vf":-1}]}]', '[{"vfinfo_list":[{"vf":0,"stats":{"rx":{}}}]}]'])(
    'in another form are refused: %s',
    (output) => expect(() => vfCountersIn(output)).toThrow(/ip/),
  );
});
