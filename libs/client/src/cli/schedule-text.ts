import type { Schedule } from '@vfleet/contracts/vocabulary/schedule';
import { cellOf, tableOf } from './table.ts';

type Rejection = Schedule['rejections'][number];

/** Which hosts fit and why the others do not, as a person reads it: the same for one host and for ten thousand. */
export function scheduleText({ vm, fitting, hosts, rejected, reasons, rejections }: Schedule): string {
  const parts = [
    `${hostsOf(fitting)} of ${fitting + rejected} can run ${cellOf(vm.name)}${few('the best', hosts.length, fitting)}`,
  ];
  if (hosts.length > 0) parts.push(tableOf(FITTING, hosts.flatMap(fittingRows)));
  if (rejected > 0) {
    parts.push(`${hostsOf(rejected)} cannot${few('the closest', rejections.length, rejected)}`);
    if (reasons.length > 0)
      parts.push(
        tableOf(
          REASONS,
          reasons.map(({ code, hosts: count }) => [code, count]),
        ),
      );
    if (rejections.length > 0) parts.push(tableOf(REJECTED, rejections.flatMap(rejectedRows)));
  }
  return parts.join('\n\n');
}

const FITTING = ['HOST', 'VNIC', 'VF', 'PHYSICAL FUNCTION'];
const REASONS = ['REASON', 'HOSTS'];
const REJECTED = ['HOST', 'VNICS', 'PHYSICAL FUNCTION', 'FREE', 'WHY NOT'];

function fittingRows({ host, assignments }: Schedule['hosts'][number]): unknown[][] {
  if (assignments.length === 0) return [[host.name, null, null, null]];
  return assignments.map(({ vnic, vf }) => [
    host.name,
    vnic.name,
    vf?.pci_address ?? 'none; on the bridge',
    vf?.physical_function.name,
  ]);
}

/** A row for each cause, then one for each physical function that it made fall away. */
function rejectedRows({ host, causes }: Rejection): unknown[][] {
  return causes.flatMap(({ text, vnics, physical_functions: pfs }) => {
    const names = vnics.map(({ name }) => name);
    return [
      [host.name, names, null, null, text],
      ...pfs.map((pf) => [host.name, names, pf.name, pf.free_vfs, pf.reasons.map((reason) => reason.text).join('; ')]),
    ];
  });
}

function hostsOf(count: number): string {
  return count === 1 ? '1 host' : `${count} hosts`;
}

function few(which: string, told: number, all: number): string {
  return told > 0 && told < all ? `; ${which} ${told}:` : told > 0 ? ':' : '';
}
