import { DEMO_SCENARIOS, withoutTime } from '@vfleet/host-agent/adapters/scenarios';
import type { ScenarioInput } from '@vfleet/host-agent/adapters/simulated/scenario';
import { type BenchSystem, onServers, type Servers, startBenchSystem } from './bench-system.ts';
import { measureInTurn, median } from './measure.ts';
import type { Figure, Table } from './table.ts';

const ROUNDS = { rounds: 40, warmUp: 8 };
const CLIENTS = 64;
/** How often each client starts and stops its VM. */
const TURNS = 5;
const MANY_HOSTS = 100;
const VFS_PER_PF = 32;
/**
 * What one start cannot do without. Documents, as docs/architecture.md counts them: intent, VM, claim, attached, running.
 * Files of the agent: the VM's record before and after, the fence of the VF.
 */
const NEEDED = { puts: 5, files: 3 };

/** Starts of VMs: one after the other against a floor, and with many clients; embedded in one process on sqlite. */
export function benchVmsEmbedded(): Promise<Table> {
  return benchVms('Starting virtual machines, embedded', undefined);
}

/** The same on RabbitMQ and a MongoDB-protocol server. */
export function benchVmsOnServers(): Promise<Table> {
  return onServers((servers) => benchVms('Starting virtual machines, on servers', servers));
}

async function benchVms(title: string, servers: Servers | undefined): Promise<Table> {
  const one = await oneByOne(servers);
  return {
    title,
    figures: [...one.figures, await manyAtOnce(1, servers), await manyAtOnce(MANY_HOSTS, servers)],
    notes: one.notes,
  };
}

async function oneByOne(servers: Servers | undefined): Promise<{ figures: Figure[]; notes: string[] }> {
  const system = await startBenchSystem(hostsOf(1), servers);
  const { counter, floors, request } = system;
  try {
    await makeVms(system, 1);
    const count = { puts: 0, messages: 0 };
    const start = async () => {
      counter.reset();
      await request('POST', '/api/vms/bench-1/start', 200, {});
      count.puts += counter.puts;
      count.messages += counter.messages + 2 * counter.questions;
    };
    const stop = () => request('POST', '/api/vms/bench-1/stop', 200, { force: true });
    const cycle = { start, stop };
    await measureInTurn(cycle, { rounds: ROUNDS.warmUp, warmUp: 0 });
    Object.assign(count, { puts: 0, messages: 0 });
    const samples = await measureInTurn(
      { ...cycle, floorPut: floors.put.once, floorMessage: floors.message.once, floorFile: floors.file.once },
      { rounds: ROUNDS.rounds, warmUp: 0 },
    );
    const messages = count.messages / ROUNDS.rounds;
    const floor =
      NEEDED.puts * median(samples.floorPut) +
      messages * median(samples.floorMessage) +
      NEEDED.files * median(samples.floorFile);
    return {
      figures: [
        {
          what: 'start to attached, one VM with one VF',
          value: median(samples.start),
          unit: 'ms',
          against: { what: 'five writes and as many messages', value: floor },
        },
        { what: 'stop to clean and down', value: median(samples.stop), unit: 'ms' },
      ],
      notes: [
        `One start: ${(count.puts / ROUNDS.rounds).toFixed(1)} writes of documents, ${messages.toFixed(1)} messages. Alone, ` +
          `one write takes ${median(samples.floorPut).toFixed(2)} ms, one message ${median(samples.floorMessage).toFixed(2)} ms, ` +
          `one file of the agent ${median(samples.floorFile).toFixed(2)} ms.`,
      ],
    };
  } finally {
    await system.close();
  }
}

/** Milliseconds per start and stop of one VM while all clients work at once. */
async function manyAtOnce(hosts: number, servers: Servers | undefined): Promise<Figure> {
  const system = await startBenchSystem(hostsOf(hosts), servers);
  const { request, floors } = system;
  try {
    await makeVms(system, CLIENTS);
    const turns = async (count: number) =>
      Promise.all(
        Array.from({ length: CLIENTS }, async (_, client) => {
          for (let turn = 0; turn < count; turn++) {
            await request('POST', `/api/vms/bench-${client + 1}/start`, 200, {});
            await request('POST', `/api/vms/bench-${client + 1}/stop`, 200, { force: true });
          }
        }),
      );
    await turns(1);
    const begun = performance.now();
    await turns(TURNS);
    const each = (performance.now() - begun) / (CLIENTS * TURNS);
    const { floorPut } = await measureInTurn({ floorPut: floors.put.once }, ROUNDS);
    return {
      what: `start and stop, ${CLIENTS} clients at once on ${hosts === 1 ? 'one host' : `${hosts} hosts`}, each`,
      value: each,
      unit: 'ms',
      against: { what: 'its ten writes, one after the other', value: 10 * median(floorPut) },
    };
  } finally {
    await system.close();
  }
}

/** Hosts on which nothing takes time, with VFs for every client on one of them. */
function hostsOf(count: number): Record<string, ScenarioInput> {
  const { delta } = DEMO_SCENARIOS;
  const cards = delta.cards.map((card) => ({
    ...card,
    ports: card.ports.map((port) => ({ ...port, vfs: VFS_PER_PF })),
  }));
  const scenario = withoutTime({ ...delta, cards });
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`bench-${process.pid}-${index + 1}`, scenario]),
  );
}

/** VMs with one passthrough vNIC each, down, and hosts that are up. */
async function makeVms({ request }: BenchSystem, count: number): Promise<void> {
  await request('POST', '/api/networks', 201, { id: 'bench', name: 'bench', vlan_id: 100 });
  const profile = { id: 'bench', name: 'bench', network: { id: 'bench' }, pass_through: 'enabled' };
  await request('POST', '/api/vnicprofiles', 201, profile);
  for (let vm = 1; vm <= count; vm++) {
    const nic = { name: 'nic1', interface: 'pci_passthrough', vnic_profile: { id: 'bench' } };
    await request('POST', '/api/vms', 201, { id: `bench-${vm}`, name: `bench-${vm}` });
    await request('POST', `/api/vms/bench-${vm}/nics`, 201, nic);
  }
  for (;;) {
    const { rejected } = await request<{ rejected: number }>('POST', '/api/vms/bench-1/schedule', 200, {});
    if (rejected === 0) return;
  }
}
