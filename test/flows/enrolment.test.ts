import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { amqpBus } from '@vfleet/bus/amqp';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { DEMO_SCENARIOS, withoutTime } from '@vfleet/host-agent/adapters/scenarios';
import { openSimulatedMemory } from '@vfleet/host-agent/adapters/simulated/memory';
import { simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import { startHostAgent } from '@vfleet/host-agent/service';
import { HostAgentSettings } from '@vfleet/host-agent/settings';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FlowSystem, flowTopology, serverUrls, startFlowSystem } from './flow-system.ts';

const clock = systemClock();
const servers = serverUrls();

let system: FlowSystem;

beforeAll(async () => {
  system = await startFlowSystem();
});
afterAll(() => system.close());

// What is only true on servers, or only without, is no skipped test of the other.
if (servers) describe.skipIf(!servers.apiUrl)('enrolment on a broker', onBroker);
else describe('enrolment in one process', inOneProcess);

function inOneProcess() {
  it('adds the host, and says why its agent gets no credentials', async () => {
    const added = await system.post('/api/hosts', { name: 'far' });
    expect(added).toMatchObject({ status: 201, body: { name: 'far', enrolment: null } });
    expect(added.body.enrolment_problem).toMatchObject({
      code: 'ENROLMENT_NOT_AVAILABLE',
      remedy: expect.stringMatching(/AMQP_URL.*VFLEET_RABBITMQ_API/),
    });
    expect(await system.post('/api/hosts/far/enrolment', undefined)).toMatchObject({ status: 409 });
  });
}

function onBroker() {
  /** The agent of a simulated machine, with nothing but what enrolment told. */
  async function agentWith(enrolment: { host_id: string; broker_url: string; username: string; password: string }) {
    const { host_id: hostId, broker_url, username, password } = enrolment;
    const url = Object.assign(new URL(broker_url), { username, password }).toString();
    const folder = join(system.folder, hostId);
    const memory = await openSimulatedMemory(diskFiles(folder), 'machine.json');
    const machine = simulatedHost({ scenario: withoutTime(DEMO_SCENARIOS.alpha), clock, seed: hostId, memory });
    const bus = await amqpBus({ url, role: 'agent', topology: flowTopology, clock, log: silentLog });
    const agent = await startHostAgent({
      ...{ hostId, bus, host: machine, guests: machine.guests, clock, log: silentLog, newId: randomUUID },
      files: diskFiles(join(folder, 'state')),
      settings: HostAgentSettings.parse({ watchMs: 50, pollMs: 20 }),
    });
    return { bus, close: () => agent.close().then(bus.close).then(machine.close) };
  }

  it('gives an agent what it works with, once, until its host is removed', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const added = await system.post('/api/hosts', { name: 'far' }, headers);
    expect(added).toMatchObject({ status: 201, body: { enrolment: { host_id: added.body.id } } });
    const agent = await agentWith(added.body.enrolment);
    // Up is a host that is heard; its report comes a moment later.
    await system.until('/api/hosts/far', ({ status, pfs }) => status === 'up' && pfs > 0);

    const [pf] = (await system.get('/api/hosts/far/nics')).body.items.filter(
      ({ vfs_config }: { vfs_config: unknown }) => vfs_config,
    );
    const changed = await system.put(`/api/hosts/far/nics/${pf.name}/vfsConfig`, { num_of_vfs: 2 });
    expect(changed).toMatchObject({ status: 200, body: { existing_num_of_vfs: 2, state: 'ready' } });

    const again = await system.post('/api/hosts', { name: 'far' }, headers);
    expect(again).toMatchObject({ status: 201, body: { enrolment: null } });
    expect(again.body.enrolment_problem.code).toBe('ENROLMENT_TOLD_ONCE');

    const { password } = added.body.enrolment;
    for (const path of ['/api/audit', '/api/hosts', '/api/hosts/far']) {
      expect((await system.get(path)).text).not.toContain(password);
    }
    expect((await system.post('/api/hosts/far/enrolment', undefined)).body.password).not.toBe(password);
    await system.until('/api/hosts/far', ({ status }) => status === 'down', 40_000);
    expect(agent.bus.connected()).toBe(false);
    await agent.close();
    expect(await system.remove('/api/hosts/far')).toMatchObject({ status: 204 });
  });
}
