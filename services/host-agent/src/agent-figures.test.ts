import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { hostMetrics } from './host-metrics.ts';
import { PF } from './testing/agent-under-test.ts';
import { claimOf, onVf, readyAgent, runningAgent, type VmsUnderTest, vfAt } from './testing/vms-under-test.ts';

/** The samples of a metric, as they are scraped. */
async function scraped(agent: VmsUnderTest, name: string): Promise<string[]> {
  const registry = new Registry();
  hostMetrics(registry, [agent.figures]);
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));
}

async function counted(agent: VmsUnderTest, vf: number): Promise<number> {
  const { pfs } = await agent.figures();
  const found = pfs.flatMap(({ vfs }) => vfs).find(({ pciAddress }) => pciAddress === vfAt(vf));
  return found?.counters?.receive.bytes ?? Number.NaN;
}

describe('the figures of an agent', () => {
  it('name the VM and the vNIC that each VF is prepared for, and nobody where it is not', async () => {
    const agent = await runningAgent(onVf(1, 7));
    const [held, ...free] = (await scraped(agent, 'vfleet_vf_receive_bytes_total')).toSorted((a, b) =>
      a.includes('vm="vm1"') ? -1 : b.includes('vm="vm1"') ? 1 : 0,
    );
    expect(held).toContain(
      `host="alpha",pf="${PF}",pf_nic="enp5s0f0",vf="${vfAt(1)}",vf_index="1",vm="vm1",vm_name="vm1",vnic="vnic-1",vnic_name="nic1"`,
    );
    expect(free).toHaveLength(3);
    for (const line of free) expect(line).toContain('vm="",vm_name="",vnic="",vnic_name=""} 0');
    expect(await scraped(agent, 'vfleet_pf_vfs')).toEqual(
      expect.arrayContaining([
        `vfleet_pf_vfs{host="alpha",pf="${PF}",pf_nic="enp5s0f0",state="prepared"} 1`,
        `vfleet_pf_vfs{host="alpha",pf="${PF}",pf_nic="enp5s0f0",state="unused"} 3`,
      ]),
    );
    await agent.close();
  });

  it('count on while the VM runs, and no longer name it when its VF was given back', async () => {
    const agent = await runningAgent(onVf(0, 7));
    const before = await counted(agent, 0);
    await agent.clock.advance(10_000);
    const after = await counted(agent, 0);
    expect(after - before).toBe(8_000_000);
    expect(await counted(agent, 1)).toBe(0);
    await agent.stopVm();
    await agent.outcomeOf('stop vm1 1');
    await agent.clean(claimOf(0, 7));
    await agent.cleanOutcome(claimOf(0, 7));
    await agent.clock.advance(1_000);
    expect((await scraped(agent, 'vfleet_vf_receive_bytes_total')).join()).not.toContain('vm1');
    await agent.close();
  });

  it('are asked of the host once for all who ask within a second', async () => {
    const agent = await readyAgent();
    const [one, other] = await Promise.all([agent.figures(), agent.figures()]);
    expect(other).toBe(one);
    expect(await agent.figures()).toBe(one);
    await agent.clock.advance(1_000);
    expect(await agent.figures()).not.toBe(one);
    await agent.close();
  });

  it('leave a PF alone while its number of VFs changes, and say so', async () => {
    const agent = await readyAgent();
    agent.machine.inject({ kind: 'hang', pf: PF });
    await agent.want(6);
    await agent.clock.advance(1_000);
    const pf = (await agent.figures()).pfs.find(({ pciAddress }) => pciAddress === PF);
    expect(pf).toMatchObject({ isChanging: true, isCounted: false });
    expect(await scraped(agent, 'vfleet_pf_counters_read')).toContainEqual(
      expect.stringMatching(new RegExp(`pf="${PF}".* 0$`)),
    );
    expect((await scraped(agent, 'vfleet_vf_receive_bytes_total')).join()).not.toContain(PF);
    agent.machine.releaseWrite(PF);
    await agent.settled();
    await agent.close();
  });

  it('are told without counters when the host does not tell them in time', async () => {
    const agent = await readyAgent();
    const { promise: told, resolve } = Promise.withResolvers<[]>();
    let asked = 0;
    agent.machine.vfCounters = () => {
      asked++;
      return told;
    };
    const waiting = agent.figures();
    await agent.clock.advance(5_000);
    expect((await waiting).pfs.find(({ pciAddress }) => pciAddress === PF)).toMatchObject({ isCounted: false });
    await agent.clock.advance(1_000);
    const again = agent.figures();
    await agent.clock.advance(5_000);
    await again;
    expect(asked, 'a question without an answer is not asked again').toBe(1);
    resolve([]);
    await agent.close();
  });

  it('show contact, carrier and the last scan', async () => {
    const agent = await readyAgent();
    expect(await scraped(agent, 'vfleet_agent_connected')).toEqual(['vfleet_agent_connected{host="alpha"} 1']);
    expect(await scraped(agent, 'vfleet_scan_failed')).toEqual(['vfleet_scan_failed{host="alpha"} 0']);
    expect(await scraped(agent, 'vfleet_pf_carrier')).toContainEqual(expect.stringMatching(/pf_nic="enp5s0f0"} 1$/));
    agent.bus.cut();
    await agent.clock.advance(1_000);
    expect(await scraped(agent, 'vfleet_agent_connected')).toEqual(['vfleet_agent_connected{host="alpha"} 0']);
    await agent.close();
  });
});
