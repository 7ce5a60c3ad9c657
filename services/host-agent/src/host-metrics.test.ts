import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { AgentFigures, PfFigures, VfFigures } from './agent-figures.ts';
import { hostMetrics } from './host-metrics.ts';

/** A sample of the text format: a name, labels whose values hold `\\`, `\"` and `\n` alone as escapes, a number. */
const SAMPLE = /^[a-z_]+\{([a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\} \d+(\.\d+)?$/;
const LABEL = /([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)"/g;

const counters = (index: number): VfFigures['counters'] => ({
  index,
  receive: { bytes: 1, packets: 2, multicast: 3, broadcast: 4, dropped: 5 },
  transmit: { bytes: 6, packets: 7, dropped: 8 },
});

function figures(vfs: VfFigures[], pfs = 1): AgentFigures {
  const each = vfs.length / pfs;
  return {
    ...{ hostId: 'h1', isConnected: true, scanMs: 12, hasScanFailed: false },
    pfs: Array.from({ length: pfs }, (_, n): PfFigures => {
      const own = vfs.slice(n * each, (n + 1) * each);
      return {
        ...{ pciAddress: `0000:${(n + 16).toString(16)}:00.0`, nic: `ens${n}`, maxVfs: 128, carrier: true },
        ...{ vfStates: { prepared: own.length, in_use: 0, unused: 0 }, isChanging: false, isCounted: true, vfs: own },
        pcieErrors: { correctable: 0, nonFatal: 0, fatal: 0 },
      };
    }),
  };
}

function vf(index: number, name: string): VfFigures {
  const pciAddress = `0000:41:${(index >> 3).toString(16).padStart(2, '0')}.${index & 7}`;
  const holder = { vm: { id: `vm-${index}`, name }, vnic: { id: `nic-${index}`, name: 'nic1' } };
  return { pciAddress, index, holder, counters: counters(index) };
}

async function samples(now: () => AgentFigures) {
  const registry = new Registry();
  hostMetrics(registry, [async () => now()]);
  return async () => (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the samples of an agent', () => {
  it.each(['a "quoted" one', 'back\\slash', 'two\nlines', '{vm="x"} 1', 'größe-Ω', '\\"'])(
    'keep a VM named %j in one label of one line',
    async (name) => {
      const lines = await (await samples(() => figures([vf(0, name)])))();
      for (const line of lines) expect(line).toMatch(SAMPLE);
      const counted = lines.filter((line) => line.startsWith('vfleet_vf_receive_bytes_total'));
      expect(counted).toHaveLength(1);
      const labels = Object.fromEntries([...(counted[0] ?? '').matchAll(LABEL)].map(([, key, value]) => [key, value]));
      expect(JSON.parse(`"${labels.vm_name}"`)).toBe(name);
    },
  );

  it('are as many as VFs and PFs make them, however many VMs have come and gone', async () => {
    let round = 0;
    const read = await samples(() =>
      figures(
        Array.from({ length: 1_024 }, (_, index) => vf(index, `vm-${round}-${index}`)),
        8,
      ),
    );
    const counts: number[] = [];
    for (round = 0; round < 3; round++) counts.push((await read()).length);
    const [ofAgent, ofPf, ofVf] = [3, 4 + 3 + 3, 8];
    expect(counts).toEqual(Array.from({ length: 3 }, () => ofAgent + 8 * ofPf + 1_024 * ofVf));
    expect((await read()).join('\n')).not.toContain('vm-0-');
  });
});
