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

const detailsOf = (pick: Pick) => (pick.ok ? [] : pick.refusals.map(({ detail }) => detail));
const codesOf = (pick: Pick) => (pick.ok ? [] : pick.refusals.map(({ code }) => code));

describe('when no host fits', () => {
  it('each is told with its reasons, those that failed before included', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(host('bravo', 2, 1));
    inventory.put(host('alpha', 2));
    inventory.put({ ...host('charlie', 2), clusterId: 'other' });
    await idle();
    const refused = await fleet.pick(PAIR, { excluded: new Map([['id-alpha', 'no answer']]) });
    expect(new Set(codesOf(refused))).toEqual(new Set(['SCHEDULING_ALL_HOSTS_FILTERED_OUT']));
    expect(detailsOf(refused)).toEqual([
      'pair of the cluster Default: none of 3 hosts fits (1 HOST_EXCLUDED, 1 HOST_OF_OTHER_CLUSTER, 1 TOO_FEW_FREE_VFS, 1 VAR__DETAIL__NO_SUITABLE_VF).',
      'alpha: it failed earlier in this run: no answer.',
      'bravo: nic1 and nic2 cannot be served at once: each fits alone, but 2 vNICs have 1 free virtual function between them (1 on ens1).',
      'charlie: it belongs to another cluster than the virtual machine.',
    ]);
    await close();
  });

  it('of a large fleet the closest are told, and what the rest lacks is counted', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    for (let n = 0; n < 60; n++) inventory.put(host(`h${n}`, 2, 0));
    await idle();
    const details = detailsOf(await fleet.pick(VM, ANY));
    expect(details).toHaveLength(21);
    expect(details[0]).toBe(
      'web of the cluster Default: none of 60 hosts fits (60 NO_FREE_VF, 60 VAR__DETAIL__NO_SUITABLE_VF); the 20 closest follow.',
    );
    await close();
  });

  it('there may be none at all', async () => {
    const { fleet, close } = await fleetUnderTest();
    expect(detailsOf(await fleet.pick(VM, ANY))).toEqual(['web of the cluster Default: there is no host.']);
    const asked = await fleet.pick(VM, { ...ANY, only: 'gone' });
    expect(detailsOf(asked)[1]).toMatch(/^gone: what is known of it cannot be used/);
    await close();
  });

  it('a vNIC that is to be plugged is told why no VF of its host can serve it', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    inventory.put(host('alpha', 2, 0));
    inventory.put(host('bravo', 2));
    await idle();
    const refused = await fleet.pick(VM, { ...ANY, only: 'id-alpha', purpose: 'plug' });
    expect(codesOf(refused)).toEqual(['CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF']);
    expect(detailsOf(refused)).toEqual([
      'alpha: no virtual function can serve nic1: ens1: none of its 2 virtual functions is free.',
    ]);
    await close();
  });

  it('a host with endless reasons is cut', async () => {
    const { fleet, inventory, idle, close } = await fleetUnderTest();
    const pfs = Array.from({ length: 8 }, (_, n) => samplePf(n + 1, 0));
    inventory.put(sampleHost('alpha', pfs));
    await idle();
    const vnics = Array.from({ length: 64 }, (_, n) => sampleVnic(`nic${n}`, `net${n}`));
    expect(detailsOf(await fleet.pick(sampleVm('web', vnics), ANY))[1]).toHaveLength(1000);
    await close();
  });
});
