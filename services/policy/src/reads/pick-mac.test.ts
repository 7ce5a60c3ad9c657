import { AddVnic, RemoveVnic } from '@vfleet/contracts/policy/vms';
import { afterEach, describe, expect, it } from 'vitest';
import { macAt } from '../core/mac-pool.ts';
import { codesOf, replyOf } from '../testing/policy-under-test.ts';
import { vmWorld } from '../testing/vm-world.ts';

const POOL = { from: '02:00:00:00:00:f0', to: '02:00:00:00:01:b7' };
const ALL = Array.from({ length: 200 }, (_, place) => macAt(POOL, place));

let world: Awaited<ReturnType<typeof vmWorld>>;
afterEach(() => world.close());

describe('200 vNICs that are added at once on two replicas get the 200 addresses of the pool', () => {
  it.each([
    ['each looking from a place of its own', Math.random],
    ['all looking from the same place', () => 0.5],
  ])('%s', async (_, random) => {
    const faults = { seed: 7, duplicate: 0.3 };
    world = await vmWorld({ replicas: 2, settings: { macPool: POOL }, random, faults });
    const vms = Array.from({ length: 5 }, (_, number) => `vm-${number}`);
    for (const vm of vms) await world.addVm(vm);

    const names = Array.from({ length: 40 }, (_, number) => `nic${number}`);
    const added = await Promise.all(vms.flatMap((vm) => names.map((name) => world.addVnic(vm, name))));

    expect(added.map(({ mac }) => mac).toSorted()).toEqual(ALL);
    const another = () => world.ask(AddVnic, { vm: 'vm-0', vnicId: 'n201', fields: { name: 'nic201' } });
    expect(codesOf(await another())).toEqual(['MAC_POOL_EXHAUSTED']);
    const { mac } = added[77] ?? {};
    replyOf(await world.ask(RemoveVnic, { vm: 'vm-1', vnic: 'nic37' }));
    expect(replyOf(await another()).mac).toBe(mac);
  });
});

it('a command that is repeated gets the address it got', async () => {
  world = await vmWorld();
  await world.addVm('vm-1');
  const add = () => world.ask(AddVnic, { vm: 'vm-1', vnicId: 'n1', fields: { name: 'nic1' } }, 'same');
  const added = replyOf(await add());
  expect(replyOf(await add())).toEqual(added);
});

it('an address of the pool that a caller has named is passed over', async () => {
  world = await vmWorld({ settings: { macPool: { from: '02:00:00:00:00:01', to: '02:00:00:00:00:02' } } });
  await world.addVm('vm-1');
  await world.addVnic('vm-1', 'nic1', { mac: '02:00:00:00:00:01' });
  expect((await world.addVnic('vm-1', 'nic2')).mac).toBe('02:00:00:00:00:02');
  const third = { vm: 'vm-1', vnicId: 'n3', fields: { name: 'nic3', boot_order: 1 } };
  await world.addVnic('vm-1', 'nic4', { mac: '02:00:00:00:00:04', boot_order: 1 });
  expect(codesOf(await world.ask(AddVnic, third))).toEqual(['BOOT_ORDER_IN_USE', 'MAC_POOL_EXHAUSTED']);
});
