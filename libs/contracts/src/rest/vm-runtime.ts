import { GetVm } from '../policy/vms.ts';
import { ReadRuntimes } from '../scheduler/runs.ts';
import type { VmRuntime } from '../vocabulary/operation.ts';
import type { Vm } from '../vocabulary/vm.ts';
import type { Vnic } from '../vocabulary/vnic.ts';
import { type Alongside, alongsideAnswer, alongsideRequest } from './alongside.ts';

type Page<Item> = { items: Item[]; next: string | null };
type Runtimes = { items: VmRuntime[] };

const runtimes = {
  contract: ReadRuntimes,
  toRequest: (ids: readonly string[]) => ({ vmIds: [...ids] }),
};
const ofPath = {
  contract: GetVm,
  toRequest: ({ vm }: { vm: string }) => ({ vm }),
  idsOf: ({ resource }: { resource: Vm }) => [resource.id],
};

/** Where the VMs of a page stand. */
export const withVmsRuntimes: Alongside = alongsideAnswer({
  ...runtimes,
  idsOf: (page: Page<Vm>) => page.items.map(({ id }) => id),
  merge: (page, { items }) => {
    const byVm = new Map(items.map((runtime) => [runtime.vmId, runtime]));
    return { ...page, items: page.items.map((vm) => vmAt(vm, byVm.get(vm.id))) };
  },
});

/** Where a VM that was read stands. */
export const withVmRuntime: Alongside = alongsideAnswer({
  ...runtimes,
  idsOf: (vm: Vm) => [vm.id],
  merge: (vm, { items }) => vmAt(vm, items[0]),
});

/** Where the VM of a path stands, known before it is changed. */
export const withChangedVmRuntime: Alongside = alongsideRequest({
  ...runtimes,
  by: ofPath,
  merge: (vm: Vm, { items }: Runtimes) => vmAt(vm, items[0]),
});

/** What the vNICs of a page hold, all of the VM of the path. */
export const withVnicsRuntimes: Alongside = alongsideRequest({
  ...runtimes,
  by: ofPath,
  merge: (page: Page<Vnic>, { items }: Runtimes) => ({
    ...page,
    items: page.items.map((vnic) => vnicAt(vnic, items[0])),
  }),
});

/** What a vNIC of the VM of the path holds. */
export const withVnicRuntime: Alongside = alongsideRequest({
  ...runtimes,
  by: ofPath,
  merge: (vnic: Vnic, { items }: Runtimes) => vnicAt(vnic, items[0]),
});

function vmAt(vm: Vm, runtime: VmRuntime | undefined): Vm {
  if (!runtime) return vm;
  const { status, host } = runtime;
  return { ...vm, status, host, nics: vm.nics.map((vnic) => vnicAt(vnic, runtime)) };
}

/** A vNIC that is not plugged into a running VM has nothing but its definition, the address it was given once included. */
function vnicAt(vnic: Vnic, runtime: VmRuntime | undefined): Vnic {
  const held = runtime?.vnics.find(({ vnicId }) => vnicId === vnic.id);
  if (!held) return vnic;
  const { vf, degraded, guestPciAddress } = held;
  return { ...vnic, vf, degraded, guest_pci_address: guestPciAddress ?? vnic.guest_pci_address };
}
