import type { MemoryBus } from '@vfleet/bus/memory';
import type { ScenarioInput } from '@vfleet/host-agent/adapters/simulated/scenario';
import { type SimulatedHost, simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import { restoreNumVfs } from '@vfleet/host-agent/restore';
import { startHostAgent } from '@vfleet/host-agent/service';
import { HostAgentSettings } from '@vfleet/host-agent/settings';
import { type Mortal, mortal } from '@vfleet/host-agent/testing/killable';
import { memoryFiles } from '@vfleet/host-agent/testing/memory-files';
import { silentLog } from '@vfleet/process/log';
import type { Answer, FaultSystem } from './fault-system.ts';

/** A VF as the API shows it, with the nic that it is. */
// biome-ignore lint/suspicious/noExplicitAny: read as an administrator does
export type ShownVf = any;

/** A host of the system: its machine, what its agent keeps, and what an administrator does with it. */
export type FaultHost = {
  id: string;
  cluster: string;
  path: string;
  machine: SimulatedHost;
  files: ReturnType<typeof memoryFiles>;
  /** The path of a PF's VFs configuration; the first PF unless told. */
  config(pf?: string): string;
  setVfs(count: number, pf?: string): Promise<Answer>;
  show(): Promise<Answer['body']>;
  nic(id: string): Promise<Answer['body']>;
  /** The VFs of a PF in the order of their index, as the API shows them. */
  vfs(pf?: string): Promise<ShownVf[]>;
  /** Waits until the API shows a VF so. */
  untilVf(address: string, accept: (nic: ShownVf) => boolean): Promise<ShownVf>;
  start(): Promise<void>;
  /** kill -9 of the agent; the machine goes on. */
  kill(): void;
  /** Reboots the machine: the restore of the boot, if told to, then the agent. Answers what the restore told. */
  reboot(options?: { restores?: boolean; meanwhile?: () => void }): ReturnType<typeof restoreNumVfs>;
};

/** `beside`: the host joins the cluster of another one. */
export type HostOptions = { settings?: Partial<HostAgentSettings>; beside?: FaultHost };

/** Adds a host with a machine and an agent, alone in a cluster of its own unless told; resolves when it has reported. */
export async function addHost(
  fleet: FaultSystem,
  scenario: ScenarioInput,
  { settings = {}, beside }: HostOptions = {},
): Promise<FaultHost> {
  const { clock, broker, network, newId } = fleet;
  const id = `host-${newId()}`;
  const path = `/api/hosts/${id}`;
  const cluster = beside?.cluster ?? `cluster-${id}`;
  const machine = simulatedHost({ scenario, clock, seed: id, hostId: id, network });
  const files = memoryFiles();
  const firstPf = scenario.cards[0]?.address ?? '';
  const agentSettings = HostAgentSettings.parse(settings);
  let life: { process: Mortal; bus: MemoryBus } | null = null;

  const host: FaultHost = {
    ...{ id, cluster, path, machine, files },
    config: (pf = firstPf) => `${path}/nics/${deviceOf(pf)}/vfsConfig`,
    setVfs: (count, pf) => fleet.put(host.config(pf), { num_of_vfs: count }),
    show: async () => (await fleet.get(path)).body,
    nic: async (nic) => (await fleet.get(`${path}/nics/${nic}`)).body,
    vfs: async (pf = firstPf) => {
      const nics = await fleet.all(`${path}/nics`);
      return nics
        .filter((nic: ShownVf) => nic.vf !== null && nic.physical_function?.id === deviceOf(pf))
        .sort((a: ShownVf, b: ShownVf) => a.vf.index - b.vf.index);
    },
    untilVf: async (address, accept) =>
      (await fleet.until(`${path}/nics/${deviceOf(address)}`, (nic) => nic.vf && accept(nic))).body,
    start: async () => {
      const process = mortal();
      const bus = broker.connect();
      life = { process, bus };
      await fleet.during(
        startHostAgent({
          ...{ hostId: id, bus: process.part(bus), clock: process.clock(clock), log: silentLog, newId },
          host: process.part(machine),
          guests: process.part(machine.guests),
          files: process.part(files),
          settings: agentSettings,
        }),
      );
    },
    kill: () => {
      life?.process.die();
      life?.bus.die();
      life = null;
    },
    reboot: async ({ restores = true, meanwhile = () => {} } = {}) => {
      host.kill();
      await machine.reboot();
      meanwhile();
      const restoring = restoreNumVfs({ host: machine, files, clock, log: silentLog, settings: agentSettings });
      const restored = restores ? await fleet.during(restoring) : { ok: true, results: [] };
      await host.start();
      return restored;
    },
  };

  fleet.beforeClose(host.kill);
  if (!beside) await fleet.post('/api/clusters', { id: cluster, name: cluster });
  await fleet.post('/api/hosts', { id, name: id, cluster: { id: cluster } });
  await host.start();
  await fleet.until(path, ({ status }) => status === 'up');
  await fleet.until(`${path}/nics`, ({ items }) => items?.length > 0);
  return host;
}

/** The name libvirt gives a PCI device: `pci_0000_05_00_0`. */
function deviceOf(address: string): string {
  return `pci_${address.replace(/[:.]/g, '_')}`;
}
