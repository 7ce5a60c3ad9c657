import { DEMO_SCENARIOS, withoutTime } from '@vfleet/host-agent/adapters/scenarios';
import { creationMs, removalMs, timesOf } from '@vfleet/host-agent/adapters/simulated/driver-times';
import type { HoldInput } from '@vfleet/host-agent/adapters/simulated/holds';
import type { ScenarioInput } from '@vfleet/host-agent/adapters/simulated/scenario';
import { afterEach, expect, it } from 'vitest';
import { type Answer, type FlowSystem, startFlowSystem } from './flow-system.ts';

type Plan = {
  token: string;
  changes: boolean;
  from: number;
  to: number;
  vms: { name: string; vnics: { name: string }[]; state: string }[];
  lost_networks: { name: string }[];
  gained_networks: { name: string }[];
  drain_steps: string[];
  steps: string[];
  estimate_seconds: number;
  conflicts: { code: string; detail: string }[];
};
type Wanted = { num_of_vfs?: number; all_networks_allowed?: boolean };

/** What the demo's hosts are, and what their kernels may lack. */
const SCENARIOS: [name: string, scenario: ScenarioInput][] = [
  ...Object.entries(DEMO_SCENARIOS).map(([name, { cards }]): [string, ScenarioInput] => [
    `${name} (${cards[0]?.driver})`,
    { cards },
  ]),
  ['without the driver of the VFs', withCards({ vfDriverAvailable: false })],
  ['without autoprobe', withCards({ autoprobe: false })],
  ['without an IOMMU', { ...withCards({ iommu: 'none' }), iommu: false }],
  ['with VFs that nobody manages', withVfs(3)],
];

/** One after the other, so that each finds what the ones before it left. `n` is the most VFs the PF can have. */
const REQUESTS = (n: number): Wanted[] => [
  {},
  { num_of_vfs: 2 },
  { num_of_vfs: 2 },
  { num_of_vfs: n + 1 },
  { num_of_vfs: -1 },
  { num_of_vfs: n },
  { all_networks_allowed: true },
  { all_networks_allowed: false },
  { num_of_vfs: n - 1, all_networks_allowed: true },
  { num_of_vfs: n - 1, all_networks_allowed: true },
  { num_of_vfs: 1, all_networks_allowed: false },
  { num_of_vfs: 0 },
  { num_of_vfs: 0 },
];

const ON_NETDEV: HoldInput[] = [
  { kind: 'bridge', name: 'br0' },
  { kind: 'address', address: '192.0.2.7/24' },
  { kind: 'netns', name: 'blue' },
];
const OPEN: HoldInput = { kind: 'vfio', process: { name: 'qemu-system-x86', pid: 4242 } };

let system: FlowSystem;
afterEach(() => system.close());

it.each(SCENARIOS)(
  'a plan is what then happens, whatever is asked for and whatever holds a VF: a host %s',
  async (_, scenario) => {
    const { config, pf, driver, most } = await startOn(scenario);
    for (const name of ['red', 'blue']) await system.post('/api/networks', { name });
    for (const wanted of REQUESTS(most)) {
      const { plan, before } = await planned(config, wanted);
      const answer = await system.put(config, { ...wanted, plan_token: plan.token });
      expectOutcome(plan, { before, answer, pf });
      expectEstimate(plan, driver);
    }

    await system.put(config, { num_of_vfs: 2 });
    const { body } = await system.get(`/api/hosts/${system.host}/nics?limit=500`);
    const vf = body.items.find((nic: { vf: unknown }) => nic.vf).pci_address;
    for (const hold of [...(hasNetdevs(scenario) ? ON_NETDEV : []), OPEN]) {
      system.machine.hold(vf, hold);
      await seen(config, 1);
      const { plan, before } = await planned(config, { num_of_vfs: 1 });
      expect(plan.conflicts).toMatchObject([{ code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED' }]);
      expect(plan.drain_steps).not.toEqual([]);
      expectOutcome(plan, { before, pf, answer: await system.put(config, { num_of_vfs: 1, plan_token: plan.token }) });
      system.machine.letGo(vf);
      await seen(config, 0);
    }
    const { plan, before } = await planned(config, { num_of_vfs: 1 });
    expect(plan).toMatchObject({ conflicts: [], drain_steps: [] });
    expectOutcome(plan, { before, pf, answer: await system.put(config, { num_of_vfs: 1, plan_token: plan.token }) });
  },
);

it('refuses a plan that the world has overtaken, and says what has moved', async () => {
  const { config } = await startOn(DEMO_SCENARIOS.alpha);
  const { plan } = await planned(config, { num_of_vfs: 4 });
  expect((await system.put(config, { num_of_vfs: 4, plan_token: plan.token })).status).toBe(200);
  const again = await system.put(config, { num_of_vfs: 4, plan_token: plan.token });
  expect(again.status).toBe(409);
  expect(again.body.refusals).toMatchObject([{ code: 'PLAN_IS_OUTDATED' }]);
  expect(again.body.detail).toContain('the VfsConfig was changed');
  expect(again.body.detail).toContain('which virtual functions it has');

  const other = (await planned(config, { num_of_vfs: 5 })).plan;
  const mixed = await system.put(config, { num_of_vfs: 6, plan_token: other.token });
  expect(mixed.body.refusals).toMatchObject([{ code: 'PLAN_IS_OUTDATED' }]);
  expect(mixed.body.detail).toContain('the plan is for another change');
});

async function startOn(scenario: ScenarioInput) {
  system = await startFlowSystem({ scenario: withoutTime(scenario) });
  const card = scenario.cards[0];
  if (!card) throw new Error('a host without a card');
  const { body } = await system.until(`/api/hosts/${system.host}/nics`, ({ items }) => items.length > 0);
  const pf = card.address;
  const nic = body.items.find((each: { pci_address: string }) => each.pci_address === pf);
  const config = `/api/hosts/${system.host}/nics/${nic.name}/vfsConfig`;
  return { config, pf, driver: card.driver, most: card.totalVfs };
}

async function planned(config: string, wanted: Wanted): Promise<{ plan: Plan; before: Before }> {
  const before = await look(config);
  const { status, body } = await system.post(`${config}/plan`, wanted);
  expect(status).toBe(200);
  expect(await look(config), 'a plan changes nothing').toEqual(before);
  return { plan: body as Plan, before };
}

type Before = { etag: string | null; config: Answer['body']; writes: number };

async function look(config: string): Promise<Before> {
  const { body, headers } = await system.get(config);
  return { etag: headers.get('etag'), config: body, writes: system.machine.writes().length };
}

/** Holds what a request came to against its plan: refusals, writes, numbers, networks, ETag. */
function expectOutcome(plan: Plan, { before, answer, pf }: { before: Before; answer: Answer; pf: string }): void {
  const writes = system.machine.writes().slice(before.writes);
  expect(plan.from).toBe(before.config.existing_num_of_vfs);
  if (plan.conflicts.length > 0) {
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.refusals).toEqual(plan.conflicts);
    expect(writes).toEqual([]);
    return;
  }
  expect(answer.status).toBe(200);
  expect(answer.body.existing_num_of_vfs).toBe(plan.to);
  expect(system.machine.numVfs(pf)).toBe(plan.to);
  expect(writes.map(({ count }) => `write ${count}`)).toEqual(plan.steps.filter((step) => step.startsWith('write ')));
  expect(answer.body.generation - before.config.generation).toBe(plan.steps.length > 0 ? 1 : 0);
  const allowed = (config: Answer['body']) => (config.all_networks_allowed ? ['blue', 'red'] : []);
  const [had, has] = [allowed(before.config), allowed(answer.body)];
  expect(plan.lost_networks.map(({ name }) => name)).toEqual(had.filter((name) => !has.includes(name)));
  expect(plan.gained_networks.map(({ name }) => name)).toEqual(has.filter((name) => !had.includes(name)));
  if (!plan.changes) expect(answer.body).toEqual(before.config);
}

/** The simulated drivers take as long as real ones were measured to. */
function expectEstimate({ from, to, steps, conflicts, estimate_seconds: estimate }: Plan, driver: string): void {
  const touches = steps.some((step) => step.startsWith('write '));
  if (!touches || conflicts.length > 0) return;
  const times = timesOf(driver);
  const takes = (from > 0 ? removalMs(times, from) : 0) + (to > 0 ? creationMs(times, to) + times.netdev : 0);
  expect(estimate).toBeGreaterThan(takes / 2000);
  expect(estimate).toBeLessThan((takes * 2) / 1000);
}

async function seen(config: string, inUse: number): Promise<void> {
  await system.post(`/api/hosts/${system.host}/refresh`, {});
  await system.until(config, ({ num_of_vfs_in_use }) => num_of_vfs_in_use === inUse);
}

function hasNetdevs({ cards }: ScenarioInput): boolean {
  return cards.every(({ autoprobe = true, vfDriverAvailable = true }) => autoprobe && vfDriverAvailable);
}

function withCards(change: Partial<ScenarioInput['cards'][number]>): ScenarioInput {
  return { cards: DEMO_SCENARIOS.alpha.cards.map((card) => ({ ...card, ...change })) };
}

function withVfs(vfs: number): ScenarioInput {
  return {
    cards: DEMO_SCENARIOS.alpha.cards.map((card) => ({ ...card, ports: card.ports.map((port) => ({ ...port, vfs })) })),
  };
}
