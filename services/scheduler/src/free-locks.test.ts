import { memoryBroker } from '@vfleet/bus/memory';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { makeAsks } from './asks.ts';
import { type Placement, PlacementState } from './core/placement.ts';
import { freeLocks } from './free-locks.ts';
import { samplePlacement } from './testing/sample-placement.ts';
import { sampleVm } from './testing/sample-vm.ts';
import { standInVms } from './testing/stand-in-vms.ts';

/** Which of these VMs, each locked by the placement `p1` of its own, are still locked after a look. */
async function lockedAfterLook(placements: Record<string, Placement | undefined>): Promise<string[]> {
  const clock = virtualClock();
  const broker = memoryBroker({ clock, log: silentLog });
  const vms = standInVms();
  await vms.startOn(broker.connect());
  for (const name of Object.keys(placements)) {
    vms.put(sampleVm(name, []));
    vms.lock(`id-${name}`, 'p1');
  }
  const newId = () => 'id';
  const asks = makeAsks({ bus: broker.connect(), clock, newId: () => crypto.randomUUID() }, { askMs: 1000 });
  const get = async (id: string) => {
    const body = placements[id.replace('id-', '')];
    const rest = { id, version: 1, bodyVersion: 1, schemaVersion: 1, answers: [], unpublished: [] };
    return body && { ...rest, body };
  };
  await freeLocks({ asks, placements: { get }, newId, log: silentLog });
  return Object.keys(placements).filter((name) => vms.placementOf(`id-${name}`) === 'p1');
}

it('VMs are unlocked that are locked by no placement, one that is down, or one that another followed', async () => {
  const locked = await lockedAfterLook({
    none: undefined,
    down: samplePlacement({ state: 'down' }),
    followed: samplePlacement({ state: 'running', placementId: 'p2' }),
    runs: samplePlacement({ state: 'running' }),
  });
  expect(locked).toEqual(['runs']);
});

it('VMs keep their lock while their placement is anything but down', async () => {
  const states = PlacementState.options.filter((state) => state !== 'down');
  const placements = Object.fromEntries(states.map((state) => [state, samplePlacement({ state })]));
  expect(await lockedAfterLook(placements)).toEqual(states);
});

it('more VMs than one page holds are looked at', async () => {
  const names = Array.from({ length: 501 }, (_, n) => `vm-${String(n).padStart(3, '0')}`);
  expect(await lockedAfterLook(Object.fromEntries(names.map((name) => [name, undefined])))).toEqual([]);
});
