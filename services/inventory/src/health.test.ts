import { reactsTo } from '@vfleet/bus/bus';
import { GetHost, GetVfsConfig, UpdateVfsConfig } from '@vfleet/contracts/inventory';
import { ClaimVfs } from '@vfleet/contracts/inventory-claims';
import { ReadHostFacts } from '@vfleet/contracts/inventory-facts';
import {
  AcknowledgePcieErrors,
  AdoptVfsConfig,
  PfHealthChanged,
  RepairVfsConfig,
} from '@vfleet/contracts/inventory-health';
import type { PcieErrors, PfReport } from '@vfleet/contracts/vocabulary/host-report';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { claimRequest, wantedClaim } from './testing/sample-claims.ts';
import { pfReport } from './testing/sample-report.ts';

const ON_PF = { host: 'alpha', nic: 'ens11', vfsConfig: 'vfsConfig' };
const BAD = { correctable: 0, nonFatal: 0, fatal: 2 };

let world: InventoryUnderTest;
const events: { state: string; nic: string; problems: { code: string }[]; vms: { name: string }[] }[] = [];

beforeEach(async () => {
  events.length = 0;
  world = await inventoryUnderTest();
  world.policy.networks.put('red', { name: 'red', label: null, mtu: 1500 });
  await world.connect().follow([reactsTo(PfHealthChanged, async ({ payload }) => void events.push(payload))]);
});
afterEach(() => world.close());

const config = async () => replyOf(await world.ask(GetVfsConfig, ON_PF)).resource;
const facts = async () => replyOf(await world.ask(ReadHostFacts, { ids: ['h1'], limit: 1 })).items[0];

it('takes an unhealthy PF out of the pool, tells whom it hits, and gives it back when it is acknowledged', async () => {
  const { tell } = await world.hostWithVfs(2);
  replyOf(await world.ask(ClaimVfs, claimRequest([wantedClaim('c1', 0)])));
  await tell(2, null, { pfs: [withErrors(BAD)] });
  await world.idle();
  expect(await config()).toMatchObject({
    num_of_free_vfs: 0,
    health: { state: 'unhealthy', problems: [{ code: 'PCIE_FATAL_ERRORS' }], vms: [{ name: 'vm-1' }] },
  });
  expect(await facts()).toMatchObject({ pfs: [{ freeVfs: [], blocked: [{ code: 'PF_UNHEALTHY' }] }] });
  expect(replyOf(await world.ask(GetHost, { host: 'alpha' })).resource).toMatchObject({ unhealthy_pfs: 1 });
  expect(await world.ask(ClaimVfs, claimRequest([wantedClaim('c2', 1)]))).toMatchObject({
    refusals: [{ code: 'VF_NOT_FREE' }],
  });
  expect(events).toMatchObject([{ state: 'unhealthy', nic: 'ens11', vms: [{ name: 'vm-1' }] }]);
  expect(world.notes).toMatchObject([
    {
      ...{ action: 'pfUnhealthy', outcome: 'failed', codes: ['PCIE_FATAL_ERRORS'] },
      target: '/api/hosts/h1/nics/pci_0000_41_00_0/vfsConfig',
      detail: expect.stringContaining('held by vm-1'),
    },
  ]);

  await tell(2, null, { pfs: [withErrors(BAD)] });
  await world.idle();
  expect(events).toHaveLength(1);

  expect(replyOf(await world.ask(AcknowledgePcieErrors, ON_PF))).toMatchObject({
    num_of_free_vfs: 1,
    health: { state: 'healthy', vms: [], acknowledged_pcie_errors: { fatal: 2 } },
  });
  replyOf(await world.ask(AcknowledgePcieErrors, ON_PF));
  await world.idle();
  expect(events.map(({ state }) => state)).toEqual(['unhealthy', 'healthy']);
  expect(world.notes.at(-1)).toMatchObject({ action: 'pfHealthy', outcome: 'done' });

  await tell(2, null, { pfs: [withErrors({ ...BAD, fatal: 3 })] });
  await world.idle();
  expect((await config()).health).toMatchObject({
    state: 'unhealthy',
    problems: [{ text: expect.stringContaining('1 fatal') }],
  });
});

it('counts from zero again after a boot, also when a reported PF was acknowledged before', async () => {
  const { tell } = await world.hostWithVfs(2);
  await tell(2, null, { pfs: [withErrors(BAD)] });
  await world.idle();
  replyOf(await world.ask(AcknowledgePcieErrors, ON_PF));
  await tell(2, null, { pfs: [withErrors({ ...BAD, fatal: 1 })] });
  await world.idle();
  expect((await config()).health).toMatchObject({ state: 'unhealthy', acknowledged_pcie_errors: { fatal: 0 } });
});

it('repairs a number that was changed by hand, and gives out no VF before', async () => {
  const { tell } = await world.hostWithVfs(0);
  await settled(4);
  await tell(2);
  await world.idle();
  expect(await config()).toMatchObject({ drift: { wanted: 4, existing: 2 }, num_of_free_vfs: 0 });
  expect(await facts()).toMatchObject({ pfs: [{ blocked: [{ code: 'PF_DRIFTED' }] }] });
  expect(replyOf(await world.ask(RepairVfsConfig, ON_PF, 'k1'))).toMatchObject({
    state: 'changing',
    drift: null,
    generation: 2,
  });
  await world.idle();
  expect(await config()).toMatchObject({ state: 'ready', drift: null, existing_num_of_vfs: 4, num_of_free_vfs: 4 });
  expect(replyOf(await world.ask(RepairVfsConfig, ON_PF, 'k1'))).toMatchObject({ generation: 2 });
  expect(await world.ask(RepairVfsConfig, ON_PF)).toMatchObject({ refusals: [{ code: 'NO_DRIFT' }] });
});

it('adopts a number that was set by hand', async () => {
  const { tell } = await world.hostWithVfs(0);
  await settled(4);
  await tell(6);
  await world.idle();
  expect(replyOf(await world.ask(AdoptVfsConfig, ON_PF))).toMatchObject({ num_of_vfs: 6, state: 'changing' });
  await world.idle();
  expect(await config()).toMatchObject({ state: 'ready', num_of_vfs: 6, existing_num_of_vfs: 6, drift: null });
});

it('saves neither for a host that is away', async () => {
  const { tell, leave } = await world.hostWithVfs(0);
  await settled(4);
  await tell(2);
  await world.idle();
  await leave();
  for (const contract of [RepairVfsConfig, AdoptVfsConfig]) {
    expect(await world.ask(contract, ON_PF)).toMatchObject({ refusals: [{ code: 'HOST_UNREACHABLE' }] });
  }
  expect(await config()).toMatchObject({ generation: 1, drift: { wanted: 4 } });
});

/** The number is wanted and applied. */
async function settled(numOfVfs: number): Promise<void> {
  replyOf(await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs }));
  await world.idle();
}

function withErrors(pcieErrors: PcieErrors): PfReport {
  return { ...pfReport(), health: { carrier: true, pcieErrors } };
}
