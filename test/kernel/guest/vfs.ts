/** linux-guests' half for VFs on the real kernel: the conformance suite of the port, and what real igb shows. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { linuxVfs } from '@vfleet/host-agent/adapters/linux/linux-vfs';
import { commandRunner } from '@vfleet/host-agent/adapters/linux/run-command';
import { linuxHost } from '@vfleet/host-agent/adapters/linux-host';
import type { VfSettings } from '@vfleet/host-agent/core/vf-settings';
import { executeVfStep } from '@vfleet/host-agent/execute-vf-step';
import type { Guests } from '@vfleet/host-agent/guests';
import { describePreparing } from '@vfleet/host-agent/guests-conformance';
import { keyedLock } from '@vfleet/host-agent/keyed-lock';
import { stateFiles } from '@vfleet/host-agent/state-files';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { eventually } from './eventually.ts';
import { holdDevice } from './vfio.ts';

const DEVICES = '/sys/bus/pci/devices';
const PF = '0000:41:00.0';
const PF_NETDEV = 'ens11';
const DEADLINE_MS = 60_000;

const clock = systemClock();
const host = linuxHost();
const vfsOfHost = linuxVfs({ root: '/', lockDir: '/run/vfleet/locks', run: commandRunner(clock), clock });

before(async () => {
  assert.deepEqual(await host.writeNumVfs(PF, 2, DEADLINE_MS), { kind: 'written' });
  await host.setPfUp(PF);
  for (const vf of await bothVfs()) assert.deepEqual(await vfsOfHost.bindVf(vf, 'network', DEADLINE_MS), DONE);
  await eventually(async () => assert.equal((await host.nicsOf([PF]))[0]?.carrier, true));
});
after(async () => {
  assert.deepEqual(await host.writeNumVfs(PF, 0, DEADLINE_MS), { kind: 'written' });
});

const DONE = { kind: 'done' };

describePreparing('linux-vfs on a real kernel', async () => ({
  guests: vfsOfHost,
  vfs: await bothVfs(),
  passing: (promise) => promise,
  close: async () => {},
}));

describe('linux-vfs on a real kernel', () => {
  it('sets what ip itself shows then, and the netdev has the MAC when its driver is back', async () => {
    const [vf] = await bothVfs();
    const wanted = { mac: '52:54:00:00:00:81', vlanId: 300, vlanQos: 5, trust: true, spoofCheck: false };
    assert.deepEqual(await vfsOfHost.setVf(vf, wanted), DONE);
    assert.partialDeepStrictEqual(ipOf(vf), {
      address: '52:54:00:00:00:81',
      vlan_list: [{ vlan: 300, qos: 5 }],
      trust: true,
      spoofchk: false,
    });
    assert.deepEqual(await vfsOfHost.bindVf(vf, 'vfio-pci', DEADLINE_MS), DONE);
    assert.deepEqual(await vfsOfHost.bindVf(vf, 'network', DEADLINE_MS), DONE);
    const netdev = (await vfsOfHost.lookAtVf(vf))?.netdev;
    assert.equal(readFileSync(`/sys/class/net/${netdev}/address`, 'utf8').trim(), '52:54:00:00:00:81');
    assert.equal(readFileSync(`${DEVICES}/${vf}/driver_override`, 'utf8').trim(), '(null)');
    assert.deepEqual(await vfsOfHost.setVf(vf, { vlanId: 0 }), DONE);
    assert.deepEqual(await vfsOfHost.setVf(vf, { trust: false, spoofCheck: true }), DONE);
  });

  it('teaches the agent what igb refuses, and only that; every VF is given back as it was', async () => {
    const [vf] = await bothVfs();
    const around = surroundings();
    const seen = await vfsOfHost.lookAtVf(vf);
    assert.ok(seen);
    const { settings: was } = seen;
    const apply = (wanted: Partial<VfSettings>) =>
      executeVfStep({ kind: 'apply', vf: { pciAddress: vf, pfAddress: PF }, wanted: { ...was, ...wanted } }, around);
    const learnt = async () => (await around.files.unsupported(PF))?.properties ?? [];

    const taken = { mac: '52:54:00:00:00:82', vlanId: 7, vlanQos: 2, trust: true, linkState: 'auto', maxTxRate: 100 };
    assert.deepEqual(await apply(taken as Partial<VfSettings>), []);
    assert.deepEqual(await learnt(), []);
    for (const refused of [
      { linkState: 'enable' },
      { minTxRate: 50 },
      { vlanId: 7, vlanProtocol: '802.1ad' },
    ] as const) {
      assert.partialDeepStrictEqual(await apply(refused), [{ kind: 'set-refused', isUnsupported: true }]);
    }
    assert.deepEqual(await learnt(), ['link_state', 'min_tx_rate', 'vlan_protocol']);

    ipLink('set', 'dev', PF_NETDEV, 'down');
    assert.partialDeepStrictEqual(await apply({ maxTxRate: 200 }), [{ errno: 'EINVAL', isUnsupported: false }]);
    await host.setPfUp(PF);
    assert.deepEqual(await learnt(), ['link_state', 'min_tx_rate', 'vlan_protocol']);

    await eventually(async () => assert.equal((await host.nicsOf([PF]))[0]?.carrier, true));
    const before = { kind: 'restore', vf: { pciAddress: vf, pfAddress: PF }, before: was } as const;
    assert.deepEqual(await executeVfStep(before, around), []);
    assert.deepEqual((await vfsOfHost.lookAtVf(vf))?.settings, was);
  });

  it('F58: never takes a PF for a VF', async () => {
    assert.equal(await vfsOfHost.lookAtVf(PF), undefined);
    assert.deepEqual(await vfsOfHost.setVf(PF, { vlanId: 5 }), { kind: 'errno', errno: 'ENODEV' });
    for (const to of ['vfio-pci', 'network'] as const) {
      assert.deepEqual(await vfsOfHost.bindVf(PF, to, DEADLINE_MS), { kind: 'errno', errno: 'ENODEV' });
    }
    assert.match(readlinkSync(`${DEVICES}/${PF}/driver`), /igb$/);
  });

  it('F18: follows the PF’s netdev when it is renamed', async () => {
    const [vf] = await bothVfs();
    const before = await vfsOfHost.lookAtVf(vf);
    ipLink('set', 'dev', PF_NETDEV, 'down');
    ipLink('set', 'dev', PF_NETDEV, 'name', 'storage0');
    assert.deepEqual(await vfsOfHost.setVf(vf, { vlanId: 12 }), DONE);
    assert.equal((await vfsOfHost.lookAtVf(vf))?.settings.vlanId, 12);
    ipLink('set', 'dev', 'storage0', 'name', PF_NETDEV);
    await host.setPfUp(PF);
    assert.deepEqual(await vfsOfHost.setVf(vf, { vlanId: 0 }), DONE);
    assert.deepEqual(await vfsOfHost.lookAtVf(vf), before);
  });

  it('tells nothing of a VF, rather than that it is clean, while the PF’s netdev is in another namespace', async (test) => {
    const [vf] = await bothVfs();
    const before = await vfsOfHost.lookAtVf(vf);
    execFileSync('ip', ['netns', 'add', 'blue']);
    // A netns that is deleted gives its hardware back.
    test.after(() => execFileSync('ip', ['netns', 'del', 'blue']));
    ipLink('set', 'dev', PF_NETDEV, 'netns', 'blue');
    await assert.rejects(
      vfsOfHost.lookAtVf(vf),
      new RegExp(`nothing can be told of ${vf}: its PF ${PF} has no netdev`),
    );
    assert.deepEqual(await vfsOfHost.setVf(vf, { vlanId: 13 }), { kind: 'errno', errno: 'ENODEV' });
    execFileSync('ip', ['-n', 'blue', 'link', 'set', 'dev', PF_NETDEV, 'netns', '1']);
    await host.setPfUp(PF);
    assert.deepEqual(await vfsOfHost.lookAtVf(vf), before);
  });

  it('survives a bind that waits for a process: gives up in time, begins no other, and sees it end', async (test) => {
    const [vf, other] = await bothVfs();
    const before = await vfsOfHost.lookAtVf(vf);
    assert.deepEqual(await vfsOfHost.bindVf(vf, 'vfio-pci', DEADLINE_MS), DONE);
    const holder = await holdDevice(vf);
    test.after(holder.letGo);

    const timedOut = { kind: 'errno', errno: 'ETIMEDOUT' };
    assert.deepEqual(await vfsOfHost.bindVf(vf, 'network', 3_000), timedOut);
    assert.deepEqual(await vfsOfHost.bindVf(vf, 'vfio-pci', 1_000), timedOut);
    assert.deepEqual(await vfsOfHost.lookAtVf(vf), { ...before, driver: null, netdev: null });
    assert.deepEqual(await vfsOfHost.bindVf(other, 'vfio-pci', DEADLINE_MS), DONE);
    assert.deepEqual(await vfsOfHost.bindVf(other, 'network', DEADLINE_MS), DONE);

    await holder.letGo();
    assert.deepEqual(await vfsOfHost.bindVf(vf, 'network', DEADLINE_MS), DONE);
    assert.deepEqual(await vfsOfHost.lookAtVf(vf), before);
  });
});

async function bothVfs(): Promise<[string, string]> {
  const [first, second] = (await host.lookAtPf(PF))?.vfs ?? [];
  assert.ok(first && second);
  return [first.pciAddress, second.pciAddress];
}

function ipLink(...args: string[]): void {
  execFileSync('ip', ['link', ...args]);
}

/** What `ip` says of a VF, by its place among its PF's links. */
function ipOf(vf: string): object {
  const text = execFileSync('ip', ['-j', '-d', 'link', 'show', 'dev', PF_NETDEV], { encoding: 'utf8' });
  const index = [0, 1].find((each) => readlinkSync(`${DEVICES}/${PF}/virtfn${each}`).endsWith(vf));
  const [link] = JSON.parse(text);
  return link.vfinfo_list.find((each: { vf: number }) => each.vf === index);
}

/** What steps on VFs are done with; the half that drives domains is not asked. */
function surroundings() {
  return {
    host,
    guests: vfsOfHost as Guests,
    files: stateFiles(diskFiles(mkdtempSync('/tmp/vfs-'))),
    clock,
    log: silentLog,
    floor: { known: () => 0 },
    pfLock: keyedLock(),
    isPfChanging: () => false,
    supportLearnt: () => {},
    newId: () => 'id',
  };
}
