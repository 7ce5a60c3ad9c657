import { describe, expect, it } from 'vitest';
import type { Pick } from './fleet.ts';
import { fleetUnderTest } from './testing/fleet-under-test.ts';
import { sampleHost, samplePf } from './testing/sample-host.ts';
import { sampleVm, sampleVnic } from './testing/sample-vm.ts';

const ANY = { excluded: new Map<string, string>() };
const VM = sampleVm('web', [sampleVnic('nic1', 'red')]);
const PAIR = sampleVm('pair', [sampleVnic('nic1', 'red'), sampleVnic('nic2', 'red')]);

const host = (name: string, vfs: number, free = vfs) => {
  const pf = samplePf(1, vfs);
  return sampleHost(name, [{ ...pf, freeVfs: pf.freeVfs.slice(0, free) }]);
};

function fitOf(pick: Pick) {
  if (!pick.ok) throw new Error(JSON.stringify(pick.refusals));
  return pick;
}

const vfsOf = (pick: Pick) => fitOf(pick).vnics.map(({ vf }) => vf?.pciAddress ?? null);
const detailsOf = (pick: Pick) => (pick.ok ? [] : pick.refusals.map(({ detail }) => detail));
const codesOf = (pick: Pick) => (pick.ok ? [] : pick.refusals.map(({ code }) => code));

describe('a pick', () => {
  it('is the best host, and what each vNIC gets there, in the order of the VM', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    const attached = { networkIds: ['red', 'blue'], labels: [] };
    inventory.put({ ...host('big', 8), attached });
    inventory.put({ ...host('small', 1), attached });
    await idle();
    const vm = sampleVm('web', [
      sampleVnic('a', 'blue', { needs: 'bridge' }),
      sampleVnic('b', 'red', { needs: 'vf-or-bridge' }),
      sampleVnic('c', 'red'),
      sampleVnic('d', 'red', { needs: 'nothing', profile: null, network: null }),
    ]);
    const only = await fleet.pick(vm, { ...ANY, only: 'id-small' });
    expect(fitOf(only)).toMatchObject({
      host: { id: 'id-small', name: 'small' },
      vnics: [
        { vnic: { id: 'id-a' }, vf: null, degraded: false },
        { vnic: { id: 'id-b' }, vf: null, degraded: true },
        {
          vnic: { id: 'id-c' },
          vf: { pciAddress: '0000:01:10.0', pf: { id: 'pf-01', name: 'ens1' } },
          degraded: false,
        },
        { vnic: { id: 'id-d' }, vf: null, degraded: false },
      ],
    });
    expect(fitOf(await fleet.pick(vm, ANY)).host.name).toBe('big');
    expect(fitOf(await fleet.pick(sampleVm('bare', []), { ...ANY, only: 'id-small' })).vnics).toEqual([]);
    await close();
  });

  it('F35: is of other VFs than all picks whose claims are under way, and of none when there are no more', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(host('alpha', 63));
    inventory.put(host('bravo', 64, 1));
    await idle();
    const picks = await Promise.all(Array.from({ length: 65 }, () => fleet.pick(VM, ANY)));
    const taken = picks.filter(({ ok }) => ok).map((pick) => `${fitOf(pick).host.name} ${vfsOf(pick)}`);
    expect(new Set(taken).size).toBe(64);
    expect(picks.map(codesOf).filter((codes) => codes.length > 0)).toEqual([
      ['SCHEDULING_ALL_HOSTS_FILTERED_OUT', ...Array(2).fill('SCHEDULING_ALL_HOSTS_FILTERED_OUT')],
    ]);
    await close();
  });

  it('keeps its VFs from others until the ledger tells of its claims, and gives them back when it is given up', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(host('alpha', 2));
    await idle();
    const first = fitOf(await fleet.pick(VM, ANY));
    const second = fitOf(await fleet.pick(VM, ANY));
    expect([vfsOf(first), vfsOf(second)]).toEqual([['0000:01:10.0'], ['0000:01:10.1']]);
    second.givenUp();
    expect(vfsOf(await fleet.pick(VM, ANY))).toEqual(['0000:01:10.1']);
    const facts = host('alpha', 2);
    const version = inventory.put({ ...facts, pfs: [samplePf(1, 2, { freeVfs: ['0000:01:10.0'] })] });
    first.claimed(version);
    await idle();
    expect(vfsOf(await fleet.pick(VM, ANY))).toEqual(['0000:01:10.0']);
    await close();
  });

  it('that nothing is heard of keeps nobody from its VFs for good', async () => {
    const { fleet, inventory, idle, clock, close } = await fleetUnderTest();
    inventory.put(host('alpha', 1));
    await idle();
    await fleet.pick(VM, ANY);
    expect((await fleet.pick(VM, ANY)).ok).toBe(false);
    await clock.advance(30_000);
    expect(vfsOf(await fleet.pick(VM, ANY))).toEqual(['0000:01:10.0']);
    await close();
  });

  it('F38: is never of fewer VFs than there are vNICs that need one', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(host('alpha', 8, 1));
    await idle();
    expect(codesOf(await fleet.pick(PAIR, ANY))).toContain('SCHEDULING_ALL_HOSTS_FILTERED_OUT');
    inventory.put(host('alpha', 8, 2));
    await idle();
    expect(new Set(vfsOf(await fleet.pick(PAIR, ANY)))).toEqual(new Set(['0000:01:10.0', '0000:01:10.1']));
    await close();
  });

  it('F39, F40: is of no VF that vanished, or whose PF changes or was given away, also one that was picked before', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(host('alpha', 2));
    await idle();
    const before = fitOf(await fleet.pick(PAIR, ANY));
    inventory.put({
      ...host('alpha', 2),
      pfs: [samplePf(1, 2, { blocked: [{ code: 'PF_CHANGING', text: 'changing' }] })],
    });
    await idle();
    before.givenUp();
    expect(detailsOf(await fleet.pick(VM, ANY))[1]).toBe('alpha: no virtual function can serve nic1: ens1: changing.');
    inventory.put(host('alpha', 1));
    await idle();
    expect(vfsOf(await fleet.pick(VM, ANY))).toEqual(['0000:01:10.0']);
    inventory.put({ ...host('alpha', 0), pfs: [] });
    await idle();
    expect((await fleet.pick(VM, ANY)).ok).toBe(false);
    await close();
  });

  it('F47: names with each VF the PF that has it', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(
      sampleHost(
        'alpha',
        [1, 2, 3].map((bus) => samplePf(bus, 1)),
      ),
    );
    await idle();
    const vm = sampleVm(
      'web',
      ['a', 'b', 'c'].map((name) => sampleVnic(name, 'red')),
    );
    const given = fitOf(await fleet.pick(vm, ANY)).vnics.map(({ vf }) => [vf?.pciAddress, vf?.pf.id]);
    expect(given).toEqual([1, 2, 3].map((bus) => [`0000:0${bus}:10.0`, `pf-0${bus}`]));
    await close();
  });

  it('F61: is none for pins that contradict each other, and says so of each', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(host('alpha', 4));
    inventory.put(host('bravo', 4));
    await idle();
    const pinned = (name: string, hostId: string) =>
      sampleVnic(name, 'red', { pinnedVf: { hostId, pciAddress: '0000:01:10.0' } });
    const refused = await fleet.pick(sampleVm('web', [pinned('a', 'id-alpha'), pinned('b', 'id-bravo')]), ANY);
    expect(detailsOf(refused).slice(1)).toEqual([
      'alpha: no virtual function can serve b: ens1: the vNIC is pinned to a virtual function of another host.',
      'bravo: no virtual function can serve a: ens1: the vNIC is pinned to a virtual function of another host.',
    ]);
    expect((await fleet.pick(sampleVm('web', [pinned('a', 'id-alpha'), pinned('b', 'id-alpha')]), ANY)).ok).toBe(false);
    await close();
  });
});

describe('before it is said that no host fits', () => {
  it('the closest are read anew, whatever hints were lost', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(host('alpha', 2, 0));
    inventory.put(host('bravo', 2, 0));
    await idle();
    inventory.putUnheard(host('bravo', 2, 1));
    expect(fitOf(await fleet.pick(VM, ANY)).host.name).toBe('bravo');
    inventory.putUnheard(host('alpha', 2, 1));
    expect(fitOf(await fleet.pick(VM, { ...ANY, only: 'id-alpha' })).host.name).toBe('alpha');
    await close();
  });

  it('no more than the closest twenty are, once', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    for (let n = 0; n < 30; n++) inventory.put(host(`h${n}`, 2, n < 5 ? 1 : 0));
    await idle();
    inventory.asked.length = 0;
    expect((await fleet.pick(PAIR, { excluded: new Map([['id-h0', 'failed']]) })).ok).toBe(false);
    expect(inventory.asked).toHaveLength(1);
    expect(inventory.asked[0]).toHaveLength(20);
    expect(inventory.asked[0]).toEqual(expect.arrayContaining(['id-h1', 'id-h2', 'id-h3', 'id-h4']));
    expect(inventory.asked[0]).not.toContain('id-h0');
    await close();
  });

  it('nothing is said while inventory does not answer', async () => {
    const { fleet, inventory, idle, clock, close, deps } = await fleetUnderTest();
    inventory.put(host('alpha', 2, 0));
    await idle();
    await deps.bus.close();
    const refused = expect(fleet.pick(VM, ANY)).rejects.toThrow();
    await clock.advance(10_000);
    await refused;
    await close();
  });

  it('what was read anew is what is told', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(host('alpha', 2, 0));
    await idle();
    inventory.putUnheard({ ...host('alpha', 2, 0), status: 'maintenance' });
    expect(detailsOf(await fleet.pick(VM, ANY))).toEqual([
      'web of the cluster Default: none of 1 host fits (1 HOST_NOT_UP).',
      'alpha: it is in maintenance.',
    ]);
    await close();
  });
});
