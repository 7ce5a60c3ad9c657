/** linux-host on the real kernel: the conformance suite of the port, and what only a real kernel can show. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { linuxHost } from '@vfleet/host-agent/adapters/linux-host';
import { describeReading, describeWriting } from '@vfleet/host-agent/host-conformance';
import { describeCounters, describeMtu } from '@vfleet/host-agent/pf-conformance';
import { eventually } from './eventually.ts';
import { bindBack, bindToVfio, holdDevice, holdGroup } from './vfio.ts';

/** The machine has two PFs on NUMA node 0 and one on node 1. */
const PFS = { '0000:41:00.0': '0', '0000:42:00.0': '0', '0000:81:00.0': '1' };
const PF = '0000:41:00.0';
const OTHER_PF = '0000:81:00.0';
const DEADLINE_MS = 60_000;

const open = async () => {
  const host = linuxHost();
  return { host, pf: PF, passing: <Value>(promise: Promise<Value>) => promise, close: () => host.close() };
};

describeReading('linux-host on a real kernel', open);
describeWriting('linux-host on a real kernel', open);
describeMtu('linux-host on a real kernel', open);
describeCounters('linux-host on a real kernel', open);

describe('linux-host on a real kernel', () => {
  const host = linuxHost();

  it('finds the PFs of the machine on their NUMA nodes', async () => {
    const { devices, pfs, iommu } = await host.scan();
    const nodes = pfs.map((pf) => [pf.pciAddress, devices[nameOf(pf.pciAddress)]?.params.numa_node]);
    assert.deepEqual(Object.fromEntries(nodes), PFS);
    assert.equal(iommu, true);
    for (const pf of pfs) {
      assert.partialDeepStrictEqual(pf, { totalVfs: 7, driver: 'igb', firmware: '2.1.0', vfDriverAvailable: true });
    }
  });

  it('sees the netdevs of new VFs come', async () => {
    assert.deepEqual(await host.writeNumVfs(PF, 4, DEADLINE_MS), { kind: 'written' });
    await eventually(async () => {
      const pf = await host.lookAtPf(PF);
      assert.deepEqual(
        pf?.vfs.map(({ driver, netns }) => [driver, netns]),
        Array(4).fill(['igbvf', 'here']),
      );
    });
  });

  it('sees who has a VF open through vfio', async (test) => {
    const vf = await firstVf();
    bindToVfio(vf);
    assert.deepEqual((await host.lookAtPf(PF))?.vfs[0]?.vfio, { open: 'no', holder: null });
    const holder = await holdGroup(vf);
    test.after(async () => {
      await holder.letGo();
      bindBack(vf);
    });
    const seen = { open: 'yes', holder: `perl (pid ${holder.pid})` };
    assert.deepEqual((await host.lookAtPf(PF))?.vfs[0]?.vfio, seen);
    assert.match(await host.holderOf(PF), new RegExp(`${vf} is open .*perl \\(pid ${holder.pid}\\)`));
    await holder.letGo();
    assert.deepEqual((await host.lookAtPf(PF))?.vfs[0]?.vfio, { open: 'no', holder: null });
  });

  it('survives a write that hangs in the kernel: abandons it, sees it alive, reads on, and sees it end', async (test) => {
    const vf = await firstVf();
    bindToVfio(vf);
    const holder = await holdDevice(vf);
    test.after(holder.letGo);
    const blamed = new RegExp(`${vf} cannot be removed .*perl \\(pid ${holder.pid}\\)`);

    assert.deepEqual(await host.writeNumVfs(PF, 0, 5_000), { kind: 'unfinished' });
    assert.equal(await host.writerAlive(PF), true);
    assert.deepEqual(await host.writeNumVfs(PF, 0, DEADLINE_MS), { kind: 'locked' });
    assert.deepEqual(await host.readNumVfs(PF, 3_000), { kind: 'unfinished' });
    assert.match(await host.holderOf(PF), blamed);
    assert.equal((await host.scan()).pfs.length, Object.keys(PFS).length);
    assert.equal((await host.lookAtPf(PF))?.existing, 3);

    // The kernel changes one PF at a time: this write waits for the first.
    assert.deepEqual(await host.writeNumVfs(OTHER_PF, 2, 3_000), { kind: 'unfinished' });
    assert.match(await host.holderOf(OTHER_PF), blamed);

    await holder.letGo();
    for (const [pf, value] of [
      [PF, 0],
      [OTHER_PF, 2],
    ] as const) {
      await eventually(async () => assert.equal(await host.writerAlive(pf), false));
      assert.deepEqual(await host.readNumVfs(pf, DEADLINE_MS), { kind: 'value', value });
    }
    assert.deepEqual(await host.writeNumVfs(OTHER_PF, 0, DEADLINE_MS), { kind: 'written' });
  });

  it('sets the PF up', async () => {
    await host.setPfUp(PF);
    assert.equal(Number(readFileSync('/sys/class/net/ens11/flags', 'utf8')) & 1, 1);
  });

  async function firstVf(): Promise<string> {
    const vf = (await host.lookAtPf(PF))?.vfs[0];
    assert.ok(vf);
    return vf.pciAddress;
  }
});

function nameOf(address: string): string {
  return `pci_${address.replaceAll(/[:.]/g, '_')}`;
}
