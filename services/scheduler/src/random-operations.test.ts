import { MigrateVm, PlugVnic, RunVm, StopVm, UnplugVnic, UpgradeVnic } from '@vfleet/contracts/scheduler/runs';
import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PLACEMENTS } from './collections.ts';
import { namedClaims } from './core/named-claims.ts';
import { operationView } from './core/operation-view.ts';
import { sampleHost, samplePf } from './testing/sample-host.ts';
import { sampleVm, sampleVnic } from './testing/sample-vm.ts';
import { type SchedulerUnderTest, schedulerUnderTest } from './testing/scheduler-under-test.ts';

const RUNS = Number(process.env.VFLEET_RANDOM_RUNS ?? 12);
const VMS = ['web', 'db', 'app'];
const HOSTS = ['alpha', 'bravo'];
const BRIDGES = { attached: { networkIds: ['red', 'blue'], labels: [] } };
const STEPS = ['start', 'stop', 'attach', 'detach', 'migrate'] as const;
const BROKEN = { code: 'BROKEN', cause: 'it is broken', remedy: 'Repair it.' };

const vm = fc.constantFrom(...VMS);
const host = fc.constantFrom(...HOSTS);
const vnic = fc.constantFrom('nic1', 'nic2');
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('run' as const), vm }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('stop' as const), vm, force: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('plug', 'unplug', 'upgrade'), vm, vnic }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('migrate' as const), vm }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill-vm' as const), vm }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('agent-leaves', 'agent-arrives', 'reboot', 'lose'), host }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('behave' as const),
      host,
      step: fc.constantFrom(...STEPS),
      how: fc.constantFrom('silent' as const, 'unanswered' as const, BROKEN),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('die' as const), replica: fc.nat(1), instant: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 120 }) }),
  },
);
let asked = 0;

type Action = typeof action extends fc.Arbitrary<infer Each> ? Each : never;

it('nobody holds a VF twice and nothing is left behind, whatever is done and whatever is lost on the way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ seed: fc.nat(), actions: fc.array(action, { minLength: 5, maxLength: 30 }) }),
      async ({ seed, actions }) => {
        const faults = { seed, duplicate: 0.1, delay: 0.2, reorder: 0.1, lose: 0.03, loseReply: 0.03 };
        const world = await schedulerUnderTest({ replicas: 2, faults });
        try {
          await prepare(world);
          const accepted = new Set<string>();
          for (const each of actions) {
            await act(world, each, accepted);
            expect(world.machines.violations).toEqual([]);
          }
          await settle(world);
          for (const id of accepted) expect(await stateOf(world, id), id).toMatch(/^(done|failed)$/);
          await stopAll(world);
        } finally {
          await world.close();
        }
      },
    ),
    { numRuns: RUNS, ...(process.env.VFLEET_SEED ? { seed: Number(process.env.VFLEET_SEED) } : {}) },
  );
}, 300_000);

async function prepare(world: SchedulerUnderTest): Promise<void> {
  await world.addHost(sampleHost('alpha', [samplePf(1, 2)], BRIDGES));
  await world.addHost(sampleHost('bravo', [samplePf(1, 3)], BRIDGES));
  for (const name of VMS) {
    const preferred = sampleVnic('nic2', 'blue', { needs: 'vf-or-bridge', interface: 'virtio' });
    world.vms.put(sampleVm(name, [sampleVnic('nic1', 'red'), preferred]));
  }
  await world.pass(5000);
}

async function act(world: SchedulerUnderTest, each: Action, accepted: Set<string>): Promise<void> {
  const ask = async (contract: Parameters<typeof world.ask>[0], request: object) => {
    const id = `op-${++asked}`;
    const answer = world.ask(contract, request as never, id).catch(() => undefined);
    // Who stops what is being stopped is told that stop.
    void answer.then((verdict) => verdict?.ok && accepted.add((verdict.reply as Operation).id));
    // A client that does not wait for the end, and has its answer or none within a few seconds.
    await world.pass(2000);
  };
  switch (each.kind) {
    case 'run':
      return ask(RunVm, { vm: each.vm });
    case 'stop':
      return ask(StopVm, { vm: each.vm, force: each.force });
    case 'plug':
      return ask(PlugVnic, { vm: each.vm, vnic: each.vnic });
    case 'unplug':
      return ask(UnplugVnic, { vm: each.vm, vnic: each.vnic });
    case 'upgrade':
      return ask(UpgradeVnic, { vm: each.vm, vnic: each.vnic });
    case 'migrate':
      return ask(MigrateVm, { vm: each.vm });
    case 'kill-vm': {
      const hostId = world.machines.hostOf(`id-${each.vm}`);
      if (hostId) world.machines.on(hostId).delete(`id-${each.vm}`);
      if (hostId && world.hasAgent(hostId)) await world.agentOf(hostId).report();
      return world.pass(1000);
    }
    case 'agent-leaves':
      return world.leave(`id-${each.host}`);
    case 'agent-arrives':
      if (!world.hasAgent(`id-${each.host}`)) await world.arrive(`id-${each.host}`);
      return world.agentOf(`id-${each.host}`).report();
    case 'reboot':
      world.leave(`id-${each.host}`);
      world.machines.powerOff(`id-${each.host}`);
      await world.arrive(`id-${each.host}`);
      return world.agentOf(`id-${each.host}`).report();
    case 'lose':
      world.leave(`id-${each.host}`);
      world.machines.powerOff(`id-${each.host}`);
      await world.inventory.confirmLost(`id-${each.host}`);
      return world.pass(1000);
    case 'behave':
      return world.behave(`id-${each.host}`, each.step, each.how);
    case 'die':
      world.living()[each.replica]?.dieAt(each.instant);
      return undefined;
    case 'restart':
      return world.restart(2);
    case 'wait':
      return world.pass(each.seconds * 1000, 10_000);
  }
}

/** Everybody is there again and has time: then placements, ledgers, policy and machines say the same, and all ends clean. */
async function settle(world: SchedulerUnderTest): Promise<void> {
  await world.restart(2);
  for (const name of HOSTS) {
    const hostId = `id-${name}`;
    for (const step of STEPS) world.behave(hostId, step);
    if (!world.hasAgent(hostId)) await world.arrive(hostId);
  }
  await world.pass(900_000, 15_000);
  const named: string[] = [];
  for (const name of VMS) {
    const placement = await world.placement(`id-${name}`);
    if (placement) named.push(...namedClaims(placement));
    expect(['running', 'down', undefined], `${name} is ${placement?.state}`).toContain(placement?.state);
    expect(world.machines.hostOf(`id-${name}`), name).toBe(placement?.at?.host.id);
    const lock = placement?.state === 'running' ? placement.placementId : null;
    expect(world.vms.placementOf(`id-${name}`), name).toBe(lock);
  }
  const held = world.inventory.claims().map(({ claimId }) => claimId);
  expect([...named].sort()).toEqual(held.sort());
  expect(world.machines.violations).toEqual([]);
}

/** Read where it is kept: a question could be lost, and no time passes in which that shows. */
async function stateOf(world: SchedulerUnderTest, operationId: string): Promise<string | undefined> {
  const placements = await world.store.open(PLACEMENTS);
  const [found] = await placements.find('operation', operationId, { limit: 1 });
  return found && operationView(found.body, operationId)?.state;
}

/** Nothing is left of VMs that were stopped. */
async function stopAll(world: SchedulerUnderTest): Promise<void> {
  for (let lost = 0; lost < 5; lost++) {
    for (const vm of VMS) void world.ask(StopVm, { vm, force: true }).catch(() => undefined);
    await world.pass(10_000, 5000);
  }
  await world.pass(300_000, 15_000);
  expect(world.inventory.claims()).toEqual([]);
  for (const vm of VMS) {
    expect(world.machines.hostOf(`id-${vm}`), vm).toBeUndefined();
    expect(world.vms.placementOf(`id-${vm}`), vm).toBeNull();
  }
}
