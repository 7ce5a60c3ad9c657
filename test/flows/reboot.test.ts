import { join } from 'node:path';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { restoreNumVfs } from '@vfleet/host-agent/restore';
import { HostAgentSettings } from '@vfleet/host-agent/settings';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FlowSystem, startFlowSystem } from './flow-system.ts';

const PF = '0000:05:00.0';
const OTHER_PF = '0000:84:00.0';

let system: FlowSystem;
const configOf = (pf: string) => `/api/hosts/${system.host}/nics/pci_${pf.replace(/[:.]/g, '_')}/vfsConfig`;

beforeEach(async () => {
  system = await startFlowSystem();
  await system.until(configOf(PF), ({ state }) => state === 'unmanaged');
  await system.put(configOf(PF), { num_of_vfs: 5 });
  await system.put(configOf(OTHER_PF), { num_of_vfs: 2 });
});
afterEach(() => system.close());

/** What the oneshot unit does before the network of a booted host. */
function restore() {
  const files = diskFiles(join(system.folder, 'state-1'));
  return restoreNumVfs({
    host: system.machine,
    files,
    clock: systemClock(),
    log: silentLog,
    waitMs: 200,
    settings: HostAgentSettings.parse({ pollMs: 20 }),
  });
}

it('a rebooted host has its VFs again before its agent runs, and the ledger sees no drift', async () => {
  await system.machine.reboot();
  expect(system.machine.numVfs(PF)).toBe(0);
  expect((await restore()).ok).toBe(true);
  expect([system.machine.numVfs(PF), system.machine.numVfs(OTHER_PF)]).toEqual([5, 2]);
  await system.restart();
  await system.until(
    configOf(PF),
    (body) => body.state === 'ready' && body.existing_num_of_vfs === 5 && body.drift === null,
  );
});

it('a PF that is missing at boot fails the restore, after all others were restored, and the message says what to do', async () => {
  await system.machine.reboot();
  system.machine.removePf(OTHER_PF);
  const restored = await restore();
  expect(restored.ok).toBe(false);
  expect(JSON.stringify(restored)).toContain(`vfleet-host-agent forget ${OTHER_PF}`);
  expect(system.machine.numVfs(PF)).toBe(5);
});

it('a host that lost its VFs without a restore shows drift, and the same number again repairs it', async () => {
  await system.machine.reboot();
  await system.restart();
  const { body } = await system.until(configOf(PF), ({ drift }) => drift !== null);
  expect(body).toMatchObject({ num_of_vfs: 5, existing_num_of_vfs: 0, drift: { wanted: 5, existing: 0 } });
  expect((await system.put(configOf(PF), { num_of_vfs: 5 })).body).toMatchObject({
    existing_num_of_vfs: 5,
    drift: null,
  });
});
