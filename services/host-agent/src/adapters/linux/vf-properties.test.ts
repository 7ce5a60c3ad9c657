import type { VirtualClock } from '@vfleet/process/virtual-clock';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCapturedHost, removeCaptures } from '../../testing/captured-host.ts';
import { passing } from '../../testing/passing.ts';
import { type SysfsOfVfs, sysfsOfVfs } from '../../testing/sysfs-of-vfs.ts';
import { kernelFiles } from './kernel-files.ts';
import { vfProperties } from './vf-properties.ts';

const PF = '0000:41:00.0';
const VF = '0000:41:10.4';

let sysfs: SysfsOfVfs;
let clock: VirtualClock;
/** What `ip` was run with, and what it answers to the next commands; the last answer stays. */
let ran: string[];
let answers: (() => { exitCode: number; stdout: string; stderr: string })[];

const said = (stderr: string) => () => ({ exitCode: 2, stdout: '', stderr });
const told = (...vfinfo_list: object[]) => {
  return () => ({ exitCode: 0, stdout: JSON.stringify([{ ifname: 'any', vfinfo_list }]), stderr: '' });
};

beforeEach(() => {
  sysfs = sysfsOfVfs();
  clock = virtualClock();
  ran = [];
  answers = [told({ vf: 2, vlan_list: [{ vlan: 7 }] })];
  sysfs.addPf(PF);
  sysfs.addVf(VF, PF);
  sysfs.link(PF, 2, VF);
  sysfs.addNetdev(PF, 'ens11');
});
afterEach(() => sysfs.remove());
afterAll(removeCaptures);

function properties() {
  return vfProperties({
    files: kernelFiles(sysfs.root),
    clock,
    run: async (program, args) => {
      ran.push([program, ...args].join(' '));
      const [answer, ...later] = answers;
      if (later.length > 0) answers = later;
      if (!answer) throw new Error('ip is asked and has no answer');
      return answer();
    },
  });
}
const pass = <Value>(promise: Promise<Value>) => passing(clock, promise, { stepMs: 50 });

describe('a VF that is looked at', () => {
  it('is known by the link of its PF, whatever its address', async () => {
    sysfs.setDriver(VF, 'igbvf');
    sysfs.addNetdev(VF, 'ens11v2');
    expect(await properties().lookAtVf(VF)).toMatchObject({
      ...{ pciAddress: VF, pfAddress: PF, driver: 'igbvf', netdev: 'ens11v2' },
      settings: { vlanId: 7 },
    });
    expect(ran).toEqual(['ip -j -d link show dev ens11']);
  });

  it('F16: is asked for again while ip does not name it', async () => {
    answers = [told({ vf: 0 }), said('Device "ens11" does not exist.'), told({ vf: 2 })];
    expect(await pass(properties().lookAtVf(VF))).toMatchObject({ settings: { vlanId: 0 } });
    expect(ran).toHaveLength(3);
  });

  it('F12: is waited for while its PF has no link to it', async () => {
    sysfs.addVf('0000:41:10.6', PF);
    answers = [told({ vf: 3 })];
    const seen = properties().lookAtVf('0000:41:10.6');
    sysfs.link(PF, 3, '0000:41:10.6');
    expect(await pass(seen)).toMatchObject({ pciAddress: '0000:41:10.6' });
  });

  it.each([
    ['ip does not name it', () => (answers = [told({ vf: 0 })]), `ip tells nothing of VF 2 of ens11, which is ${VF}`],
    ['ip fails', () => (answers = [said('no rights')]), 'ip -j -d link show dev ens11 ended with 2: no rights'],
    ['its PF has no netdev', () => sysfs.removeNetdev(PF, 'ens11'), `its PF ${PF} has no netdev`],
  ])('is never told as clean when %s', async (_, make, problem) => {
    make();
    await expect(pass(properties().lookAtVf(VF))).rejects.toThrow(problem);
  });

  it('F58: is nothing but a VF', async () => {
    const { lookAtVf, setVf } = properties();
    expect(await lookAtVf(PF)).toBeUndefined();
    expect(await lookAtVf('0000:fe:1f.7')).toBeUndefined();
    expect(await setVf(PF, { vlanId: 5 })).toEqual({ kind: 'errno', errno: 'ENODEV' });
    expect(ran).toEqual([]);
  });
});

describe('a VF that is set', () => {
  it('is set by one command, and by none when nothing is given', async () => {
    const { setVf } = properties();
    expect(await setVf(VF, { mac: '52:54:00:00:00:01', vlanId: 100, vlanQos: 3 })).toEqual({ kind: 'done' });
    expect(await setVf(VF, { mac: null })).toEqual({ kind: 'done' });
    expect(ran).toEqual(['ip link set dev ens11 vf 2 mac 52:54:00:00:00:01 vlan 100 qos 3']);
  });

  it('answers the errno of the kernel, and throws words that name none', async () => {
    answers = [said('RTNETLINK answers: Operation not supported'), said('Error: the firmware says no.')];
    const { setVf } = properties();
    expect(await setVf(VF, { linkState: 'enable' })).toEqual({ kind: 'errno', errno: 'EOPNOTSUPP' });
    await expect(setVf(VF, { linkState: 'enable' })).rejects.toThrow(
      'ip link set dev ens11 vf 2 state enable ended with 2: Error: the firmware says no.',
    );
  });

  it('F18: is set through the new name of a PF that is renamed meanwhile', async () => {
    const renamed = () => {
      sysfs.renameNetdev(PF, 'ens11', 'storage0');
      return { exitCode: 1, stdout: '', stderr: 'Cannot find device "ens11"' };
    };
    answers = [renamed, told()];
    expect(await properties().setVf(VF, { vlanId: 5 })).toEqual({ kind: 'done' });
    expect(ran).toEqual(['ip link set dev ens11 vf 2 vlan 5', 'ip link set dev storage0 vf 2 vlan 5']);
  });

  it('is given up when the PF is renamed at every try, though each was done', async () => {
    let times = 0;
    answers = [
      () => {
        sysfs.renameNetdev(PF, times === 0 ? 'ens11' : `n${times}`, `n${++times}`);
        return { exitCode: 0, stdout: '', stderr: '' };
      },
    ];
    await expect(properties().setVf(VF, { vlanId: 5 })).rejects.toThrow('renamed again');
  });

  it('has no PF to be set through while that has no netdev', async () => {
    sysfs.removeNetdev(PF, 'ens11');
    expect(await properties().setVf(VF, { vlanId: 5 })).toEqual({ kind: 'errno', errno: 'ENODEV' });
  });
});

describe('F44: a PF with a netdev for each of its ports', () => {
  beforeEach(() => {
    sysfs.addNetdev(PF, 'ens11d1', { port: 1 });
    sysfs.addNetdev(VF, 'ens11v2', { port: 1 });
  });

  it('sets a VF through the one of its port, also when it was seen there and is on vfio now', async () => {
    const { setVf } = properties();
    await setVf(VF, { vlanId: 5 });
    sysfs.removeNetdev(VF, 'ens11v2');
    await setVf(VF, { vlanId: 6 });
    expect(ran).toEqual(['ip link set dev ens11d1 vf 2 vlan 5', 'ip link set dev ens11d1 vf 2 vlan 6']);
  });

  it('sets one that was never seen with a netdev through the first', async () => {
    sysfs.removeNetdev(VF, 'ens11v2');
    await properties().setVf(VF, { vlanId: 5 });
    expect(ran).toEqual(['ip link set dev ens11 vf 2 vlan 5']);
  });

  it('is not taken for one where the other netdev stands for a VF (switchdev)', async () => {
    sysfs.removeNetdev(PF, 'ens11d1');
    sysfs.addNetdev(PF, 'aaa0', { port: 1 });
    sysfs.write(`${sysfs.placeOf(PF)}/net/aaa0/phys_port_name`, 'pf0vf2\n');
    await properties().setVf(VF, { vlanId: 5 });
    expect(ran).toEqual(['ip link set dev ens11 vf 2 vlan 5']);
  });
});

it('reads every VF of a captured host, those of interleaved ports too', async () => {
  const machine = await openCapturedHost('dual-port');
  const { lookAtVf } = vfProperties({ files: kernelFiles(machine.root), run: machine.run, clock });
  const vfs = (await machine.host.scan()).pfs.flatMap(({ vfs }) => vfs);
  expect(vfs).toHaveLength(6);
  for (const { pciAddress, pfAddress } of vfs) {
    expect(await lookAtVf(pciAddress)).toMatchObject({ pciAddress, pfAddress, settings: { vlanId: 0, trust: false } });
  }
  await machine.close();
});
