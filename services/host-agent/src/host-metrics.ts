import { Counter, Gauge, type Registry } from 'prom-client';
import type { AgentFigures, PfFigures, VfFigures } from './agent-figures.ts';

type Labels = Record<string, string>;
type Sample = { labels: Labels; value: number | null };
type Metric = {
  kind: 'gauge' | 'counter';
  name: string;
  help: string;
  labels: readonly string[];
  samples: (of: AgentFigures) => Sample[];
};

const OF_PF = ['host', 'pf', 'pf_nic'];
const OF_VF = [...OF_PF, 'vf', 'vf_index', 'vm', 'vm_name', 'vnic', 'vnic_name'];

const COUNTED: readonly { name: string; of: string; value: (vf: VfFigures) => number | null | undefined }[] = [
  { name: 'receive_bytes', of: 'Bytes that came in for', value: ({ counters }) => counters?.receive.bytes },
  { name: 'receive_packets', of: 'Packets that came in for', value: ({ counters }) => counters?.receive.packets },
  {
    name: 'receive_multicast',
    of: 'Multicast packets that came in for',
    value: ({ counters }) => counters?.receive.multicast,
  },
  {
    name: 'receive_broadcast',
    of: 'Broadcast packets that came in for',
    value: ({ counters }) => counters?.receive.broadcast,
  },
  { name: 'receive_dropped', of: 'Packets dropped on the way to', value: ({ counters }) => counters?.receive.dropped },
  { name: 'transmit_bytes', of: 'Bytes sent by', value: ({ counters }) => counters?.transmit.bytes },
  { name: 'transmit_packets', of: 'Packets sent by', value: ({ counters }) => counters?.transmit.packets },
  {
    name: 'transmit_dropped',
    of: 'Packets dropped on the way from',
    value: ({ counters }) => counters?.transmit.dropped,
  },
];

const METRICS: readonly Metric[] = [
  {
    kind: 'gauge',
    name: 'vfleet_agent_connected',
    help: 'Whether the host agent is connected to the message broker.',
    labels: ['host'],
    samples: ({ hostId: host, isConnected }) => [{ labels: { host }, value: Number(isConnected) }],
  },
  {
    kind: 'gauge',
    name: 'vfleet_scan_duration_seconds',
    help: 'How long the last scan of the host took.',
    labels: ['host'],
    samples: ({ hostId: host, scanMs }) => [{ labels: { host }, value: scanMs === null ? null : scanMs / 1000 }],
  },
  {
    kind: 'gauge',
    name: 'vfleet_scan_failed',
    help: 'Whether the last scan of the host failed; figures of PFs are those of the last good one then.',
    labels: ['host'],
    samples: ({ hostId: host, hasScanFailed }) => [{ labels: { host }, value: Number(hasScanFailed) }],
  },
  ofPfs('gauge', 'vfleet_pf_vfs_max', 'How many VFs the PF can have.', ({ maxVfs }) => maxVfs),
  {
    kind: 'gauge',
    name: 'vfleet_pf_vfs',
    help: 'VFs that exist: prepared for a virtual machine, in use by something else of the host, or unused.',
    labels: [...OF_PF, 'state'],
    samples: (of) =>
      of.pfs.flatMap((pf) =>
        Object.entries(pf.vfStates).map(([state, value]) => ({ labels: { ...pfLabels(of, pf), state }, value })),
      ),
  },
  ofPfs('gauge', 'vfleet_pf_carrier', 'Whether the PF has carrier; absent while that is not known.', ({ carrier }) =>
    carrier === null ? null : Number(carrier),
  ),
  ofPfs('gauge', 'vfleet_pf_changing', 'Whether the number of VFs of the PF is being changed.', ({ isChanging }) =>
    Number(isChanging),
  ),
  ofPfs(
    'gauge',
    'vfleet_pf_counters_read',
    'Whether the counters of its VFs could be read now; they are left alone while the PF is changed.',
    ({ isCounted }) => Number(isCounted),
  ),
  {
    kind: 'counter',
    name: 'vfleet_pf_pcie_errors_total',
    help: 'PCIe errors (AER) of the PF since it was found at boot.',
    labels: [...OF_PF, 'severity'],
    samples: (of) =>
      of.pfs.flatMap((pf) => {
        const { correctable = null, nonFatal = null, fatal = null } = pf.pcieErrors ?? {};
        const errors = { correctable, non_fatal: nonFatal, fatal };
        return Object.entries(errors).map(([severity, value]) => ({
          labels: { ...pfLabels(of, pf), severity },
          value,
        }));
      }),
  },
  ...COUNTED.map(
    ({ name, of: what, value }): Metric => ({
      kind: 'counter',
      name: `vfleet_vf_${name}_total`,
      help: `${what} a VF since it was made, as the driver of its PF counts; 0 where that counts nothing (igb).`,
      labels: OF_VF,
      samples: (of) =>
        of.pfs.flatMap((pf) =>
          pf.vfs.map((vf) => ({ labels: { ...pfLabels(of, pf), ...vfLabels(vf) }, value: value(vf) ?? null })),
        ),
    }),
  ),
];

/**
 * Shows the figures of agents in a registry. They are taken when the registry is read. There is a series for each VF
 * that exists, labelled with the virtual machine and vNIC it is prepared for; what is not known has none.
 */
export function hostMetrics(registry: Registry, agents: readonly (() => Promise<AgentFigures>)[]): void {
  const taken = () => Promise.all(agents.map((figures) => figures()));
  for (const { kind, name, help, labels: labelNames, samples } of METRICS) {
    const known = async () =>
      (await taken()).flatMap(samples).flatMap(({ labels, value }) => (value === null ? [] : [{ labels, value }]));
    const config = { name, help, labelNames: [...labelNames], registers: [registry] };
    if (kind === 'gauge') {
      new Gauge({
        ...config,
        async collect() {
          const found = await known();
          this.reset();
          for (const { labels, value } of found) this.set(labels, value);
        },
      });
    } else {
      new Counter({
        ...config,
        async collect() {
          const found = await known();
          this.reset();
          for (const { labels, value } of found) this.inc(labels, value);
        },
      });
    }
  }
}

function ofPfs(kind: Metric['kind'], name: string, help: string, value: (pf: PfFigures) => number | null): Metric {
  const samples = (of: AgentFigures) => of.pfs.map((pf) => ({ labels: pfLabels(of, pf), value: value(pf) }));
  return { kind, name, help, labels: OF_PF, samples };
}

function pfLabels({ hostId: host }: AgentFigures, { pciAddress: pf, nic }: PfFigures): Labels {
  return { host, pf, pf_nic: nic ?? '' };
}

/** An empty label is as good as none to Prometheus. */
function vfLabels({ pciAddress: vf, index, holder }: VfFigures): Labels {
  const { vm, vnic } = holder ?? { vm: { id: '', name: '' }, vnic: { id: '', name: '' } };
  return { vf, vf_index: String(index), vm: vm.id, vm_name: vm.name, vnic: vnic.id, vnic_name: vnic.name };
}
