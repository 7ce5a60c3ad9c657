import type { Vm } from '@vfleet/contracts/vocabulary/vm';
import type { Cli } from './cli.ts';
import { fieldsOf } from './table.ts';
import { vnicTable } from './vnic-table.ts';

/** Shows a VM, and its vNICs beneath it. */
export function showVm(cli: Pick<Cli, 'show'>, vm: Vm): void {
  const { cluster, host, domain_xml: xml, nics, ...fields } = vm;
  const text = { ...fields, cluster: cluster.name, host: host?.name, domain_xml: xml && `${xml.length} characters` };
  cli.show(vm, () => `${fieldsOf(text)}${nics.length === 0 ? '' : `\n\n${vnicTable(nics)}`}`);
}
