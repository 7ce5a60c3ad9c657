import { describe, expect, it } from 'vitest';
import { fleetUnderTest } from './testing/fleet-under-test.ts';
import { sampleHost, samplePf } from './testing/sample-host.ts';
import { sampleVm, sampleVnic } from './testing/sample-vm.ts';

const ANY = { excluded: new Map<string, string>() };
const VM = sampleVm('web', [sampleVnic('nic1', 'red')]);

const host = (name: string, vfs: number, free = vfs) => {
  const pf = samplePf(1, vfs);
  return sampleHost(name, [{ ...pf, freeVfs: pf.freeVfs.slice(0, free) }]);
};

describe('the hosts', () => {
  it('are not chosen from before all were read once', async () => {
    const { fleet, inventory, idle, clock, hosts, arrives, close } = await fleetUnderTest({ inventory: 'away' });
    inventory.put(host('alpha', 2));
    await expect(fleet.pick(VM, ANY)).rejects.toThrow('has not read the hosts');
    expect(hosts.problems()).toEqual(['the scheduler has not read the hosts of inventory yet']);
    await arrives();
    await clock.advance(10_000);
    await idle();
    expect(hosts.problems()).toEqual([]);
    expect((await fleet.pick(VM, ANY)).ok).toBe(true);
    await close();
  });

  it('that cannot be taken in are left out, with one word in the log, until they can', async () => {
    const logged: object[] = [];
    const { fleet, inventory, idle, close } = await fleetUnderTest({ log: { error: (fields) => logged.push(fields) } });
    inventory.put(host('alpha', 2));
    await idle();
    const strayed = { ...host('alpha', 2), pfs: [samplePf(1, 1, { freeVfs: ['0001:01:10.0'] })] };
    inventory.put(strayed);
    await idle();
    inventory.put(strayed);
    await idle();
    expect((await fleet.pick(VM, ANY)).ok).toBe(false);
    expect(logged).toMatchObject([{ hostId: 'id-alpha' }]);
    inventory.put(host('alpha', 2));
    await idle();
    expect((await fleet.pick(VM, ANY)).ok).toBe(true);
    await close();
  });

  it('that were removed are not chosen', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(host('alpha', 2));
    await idle();
    inventory.remove('id-alpha');
    await idle();
    expect((await fleet.pick(VM, ANY)).ok).toBe(false);
    await close();
  });

  it('are found by id or name, and read anew when that is asked for', async () => {
    const { fleet, inventory, close, hosts } = await fleetUnderTest();
    inventory.putUnheard(host('alpha', 2));
    for (const ref of ['alpha', 'id-alpha']) expect(await fleet.find(ref)).toEqual({ id: 'id-alpha', name: 'alpha' });
    expect(await fleet.find('nobody')).toBeUndefined();
    await fleet.refresh('id-alpha');
    expect(hosts.index().host('id-alpha')?.name).toBe('alpha');
    await close();
  });
});
