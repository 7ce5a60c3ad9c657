import type { Command } from '@vfleet/contracts/define';
import { MigrateVm, PlugVnic, RunVm, StopVm, UnplugVnic, UpgradeVnic } from '@vfleet/contracts/scheduler/runs';
import { afterEach, describe, expect, it } from 'vitest';
import { namedClaims } from './core/named-claims.ts';
import { sampleHost, samplePf } from './testing/sample-host.ts';
import { sampleVm, sampleVnic } from './testing/sample-vm.ts';
import { type SchedulerUnderTest, schedulerUnderTest } from './testing/scheduler-under-test.ts';

const BROKEN = { code: 'BROKEN', cause: 'it is broken', remedy: 'Repair it.' };
const BRIDGES = { attached: { networkIds: ['red', 'blue'], labels: [] } };

/** Every instant of a death; of what differs less from one instant to the next, some are looked at unless all are asked for. */
const STRIDES = { dies: 1, 'stands still for a minute': process.env.VFLEET_EVERY_INSTANT ? 1 : 5 };

/** More instants than any operation has here. */
const MOST_INSTANTS = 400;

let world: SchedulerUnderTest;

afterEach(() => world.close());

type Ask = { contract: Command<never, unknown>; request: object };

const ask = <Request>(contract: Command<Request, unknown>, request: object): Ask => ({
  contract: contract as never,
  request,
});
const run = (vm: string) => ask(RunVm, { vm });
const stop = (vm: string) => ask(StopVm, { vm, force: false });

type Scenario = {
  /** What is done with the VM before its process dies in `when`. */
  given?: (vm: string) => Ask[];
  when: (vm: string) => Ask;
  /** How hosts behave then. */
  hosts?: (world: SchedulerUnderTest) => void;
  end: 'done' | 'failed';
};

const SCENARIOS: Record<string, Scenario> = {
  'a start': { when: run, end: 'done' },
  'a start that fails on the first host': {
    when: run,
    hosts: (world) => world.behave('id-alpha', 'start', BROKEN),
    end: 'done',
  },
  'a start that fails on both hosts': {
    when: run,
    hosts: (world) => {
      world.behave('id-alpha', 'start', BROKEN);
      world.behave('id-bravo', 'start', BROKEN);
    },
    end: 'failed',
  },
  'a start whose VFs went to others': {
    when: run,
    hosts: (world) => world.inventory.refuseClaims('VF_NOT_FREE'),
    end: 'done',
  },
  'a stop': { given: (vm) => [run(vm)], when: stop, end: 'done' },
  'a plug': { given: (vm) => [run(vm)], when: (vm) => ask(PlugVnic, { vm, vnic: 'nic2' }), end: 'done' },
  'a plug that fails': {
    given: (vm) => [run(vm)],
    when: (vm) => ask(PlugVnic, { vm, vnic: 'nic2' }),
    hosts: (world) => world.behave('id-alpha', 'attach', BROKEN),
    end: 'failed',
  },
  'an unplug': { given: (vm) => [run(vm)], when: (vm) => ask(UnplugVnic, { vm, vnic: 'nic1' }), end: 'done' },
  'an upgrade': { given: (vm) => [run(vm)], when: (vm) => ask(UpgradeVnic, { vm, vnic: 'nic3' }), end: 'done' },
  'an upgrade that fails': {
    given: (vm) => [run(vm)],
    when: (vm) => ask(UpgradeVnic, { vm, vnic: 'nic3' }),
    hosts: (world) => world.behave('id-alpha', 'attach', BROKEN),
    end: 'failed',
  },
  'a migration': { given: (vm) => [run(vm)], when: (vm) => ask(MigrateVm, { vm }), end: 'done' },
  'a migration that fails': {
    given: (vm) => [run(vm)],
    when: (vm) => ask(MigrateVm, { vm }),
    hosts: (world) => world.behave('id-alpha', 'migrate', BROKEN),
    end: 'failed',
  },
};

describe.each(['dies', 'stands still for a minute'] as const)('at whatever instant its process %s', (fate) => {
  it.each(Object.entries(SCENARIOS))('%s ends as it should', async (_, scenario) => {
    world = await schedulerUnderTest();
    await addHosts({ vfs: 1 });
    await world.pass(1000);

    let hasStruck = true;
    for (let instant = 1; hasStruck && instant < MOST_INSTANTS; instant += STRIDES[fate]) {
      const vm = `vm-${instant}`;
      const preferred = sampleVnic('nic3', 'blue', { needs: 'vf-or-bridge', interface: 'virtio' });
      const vnics = [sampleVnic('nic1', 'red'), sampleVnic('nic2', 'red'), preferred];
      world.vms.put(sampleVm(vm, vnics), ['id-nic1', 'id-nic3']);
      for (const { contract, request } of scenario.given?.(vm) ?? []) await world.ask(contract, request as never);
      await world.rest();
      await addHosts({ vfs: 4 });
      scenario.hosts?.(world);

      const { contract, request } = scenario.when(vm);
      const id = `op-${instant}`;
      hasStruck = await FATES[fate](instant, async () => {
        void world.ask(contract, request as never, id).catch(() => undefined);
        await world.pass(6000, 3000);
      });
      expect(await world.ask(contract, request as never, id), `${fate} at ${instant}`).toMatchObject({ ok: true });
      await world.pass(45_000, 15_000);
      expect((await world.operation(id)).state, `${fate} at ${instant}`).toBe(scenario.end);
      await expectConsistent(vm);

      await addHosts({ vfs: 1 });
      await world.ask(StopVm, { vm, force: true });
      await world.rest();
      expect(world.inventory.claims(), `${fate} at ${instant}`).toEqual([]);
      expect(await world.runtime(`id-${vm}`)).toMatchObject({ status: 'down', operation: null });
      await expectConsistent(vm);
    }
    expect(hasStruck).toBe(false);
  });
});

/** What befalls the process of an operation at an instant of it; answers false when the operation had no such instant. */
const FATES = {
  dies: async (instant: number, operation: () => Promise<void>): Promise<boolean> => {
    const [process] = world.living();
    process?.dieAt(instant);
    await operation();
    const hasDied = process?.isDead() ?? false;
    await world.restart();
    return hasDied;
  },
  'stands still for a minute': async (instant: number, operation: () => Promise<void>): Promise<boolean> => {
    const [process] = world.living();
    process?.freezeAt(instant);
    await operation();
    const isFrozen = process?.isFrozen() ?? false;
    await world.join();
    await world.pass(60_000, 15_000);
    process?.thaw();
    // A lock that came late is found within a minute.
    await world.pass(80_000, 20_000);
    await world.restart();
    return isFrozen;
  },
};

/** With one VF each, a preferred vNIC beside another one finds none; with four it does. */
async function addHosts({ vfs }: { vfs: number }): Promise<void> {
  for (const name of ['alpha', 'bravo']) {
    const facts = sampleHost(name, [samplePf(1, vfs)], BRIDGES);
    if (world.hasAgent(facts.id)) world.inventory.put(facts);
    else await world.addHost(facts);
  }
  await world.rest();
}

/** Nobody holds what nobody knows of, and the VM is where its placement says. */
async function expectConsistent(vm: string): Promise<void> {
  expect(world.machines.violations).toEqual([]);
  const placement = await world.placement(`id-${vm}`);
  const named = placement ? namedClaims(placement) : [];
  expect(
    world.inventory
      .claims()
      .map(({ claimId }) => claimId)
      .sort(),
  ).toEqual([...named].sort());
  expect(world.machines.hostOf(`id-${vm}`)).toBe(placement?.at?.host.id);
  expect(['running', 'down', undefined]).toContain(placement?.state);
  expect(world.vms.placementOf(`id-${vm}`) ?? null).toBe(placement?.state === 'running' ? placement.placementId : null);
}
