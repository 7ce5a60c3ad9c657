import { answers, type Binding } from '@vfleet/bus/bus';
import { BeginRun, EndRun, ListRunning, ResolveVnics, SetPlugged } from '@vfleet/contracts/policy/runs';
import {
  AddVm,
  AddVnic,
  GetVm,
  GetVnic,
  ListVms,
  ListVnics,
  RemoveVm,
  RemoveVnic,
  UpdateVm,
  UpdateVnic,
} from '@vfleet/contracts/policy/vms';
import type { MacRange } from './core/mac-pool.ts';
import { addVm } from './handlers/add-vm.ts';
import { addVnic } from './handlers/add-vnic.ts';
import { beginRun } from './handlers/begin-run.ts';
import { endRun } from './handlers/end-run.ts';
import { getVm } from './handlers/get-vm.ts';
import { getVnic } from './handlers/get-vnic.ts';
import { listRunning } from './handlers/list-running.ts';
import { listVms } from './handlers/list-vms.ts';
import { listVnics } from './handlers/list-vnics.ts';
import { removeVm } from './handlers/remove-vm.ts';
import { removeVnic } from './handlers/remove-vnic.ts';
import { resolveVnics } from './handlers/resolve-vnics.ts';
import { setPlugged } from './handlers/set-plugged.ts';
import { updateVm } from './handlers/update-vm.ts';
import { updateVnic } from './handlers/update-vnic.ts';
import type { OwnedCollections } from './owned-collections.ts';

/** What policy answers about VMs, their vNICs and their runs. */
export function vmAnswers(needs: OwnedCollections & { macPool: MacRange; random: () => number }): Binding[] {
  return [
    answers(AddVm, addVm(needs)),
    answers(UpdateVm, updateVm(needs)),
    answers(RemoveVm, removeVm(needs)),
    answers(GetVm, getVm(needs)),
    answers(ListVms, listVms(needs)),
    answers(AddVnic, addVnic(needs)),
    answers(UpdateVnic, updateVnic(needs)),
    answers(RemoveVnic, removeVnic(needs)),
    answers(GetVnic, getVnic(needs)),
    answers(ListVnics, listVnics(needs)),
    answers(ResolveVnics, resolveVnics(needs)),
    answers(BeginRun, beginRun(needs)),
    answers(EndRun, endRun(needs)),
    answers(SetPlugged, setPlugged(needs)),
    answers(ListRunning, listRunning(needs)),
  ];
}
