import type { ResolvedVm } from '@vfleet/contracts/policy/runs';
import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { Schedule } from '@vfleet/contracts/vocabulary/schedule';
import type { VfAssignment } from './assign-vfs.ts';
import type { FleetRejections } from './explain-fleet.ts';
import type { Cause } from './explain-host.ts';

type ScheduleCause = Schedule['rejections'][number]['causes'][number];

/** `looked` are all hosts that were looked at; `best` are the best of those that fit, best first. */
export type Scheduled = {
  looked: number;
  best: readonly { host: Named; assignments: readonly VfAssignment[] }[];
  rejections: FleetRejections;
};

/** Which hosts can run a VM and why the others cannot, as the API shows it. */
export function scheduleView({ id, name }: Pick<ResolvedVm, 'id' | 'name'>, scheduled: Scheduled): Schedule {
  const { looked, best, rejections } = scheduled;
  return {
    vm: { id, name },
    fitting: looked - rejections.rejected,
    hosts: best.map(({ host, assignments }) => ({
      host: { id: host.id, name: host.name },
      assignments: assignments.map(assignmentView),
    })),
    rejected: rejections.rejected,
    reasons: rejections.counts,
    rejections: rejections.hosts.map(({ host, causes }) => ({ host, causes: causes.map(causeView) })),
  };
}

function assignmentView({ vnic, vf }: VfAssignment): Schedule['hosts'][number]['assignments'][number] {
  return { vnic, vf: vf && { pci_address: vf.pciAddress, physical_function: vf.pf } };
}

function causeView(cause: Cause): ScheduleCause {
  const { code, text } = cause;
  const bare = { code, text, vnics: [], network: null, physical_functions: [] };
  switch (cause.kind) {
    case 'gate':
      return bare;
    case 'network':
      return { ...bare, vnics: cause.vnics, network: cause.network };
    case 'vnic':
      return {
        ...bare,
        vnics: cause.vnics,
        physical_functions: cause.pfs.map(({ pf, reasons }) => ({ ...pfView(pf), free_vfs: null, reasons })),
      };
    case 'conflict':
      return {
        ...bare,
        vnics: cause.vnics,
        physical_functions: cause.pfs.map(({ pf, vfs }) => ({ ...pfView(pf), free_vfs: vfs, reasons: [] })),
      };
    default:
      return cause satisfies never;
  }
}

function pfView({ id, name, pciAddress }: Named & { pciAddress: string }) {
  return { id, name, pci_address: pciAddress };
}
