import { answers, type Bus } from '@vfleet/bus/bus';
import {
  BeginRun,
  EndRun,
  ListRunning,
  type ResolvedVm,
  type ResolvedVnic,
  ResolveVnics,
  SetPlugged,
} from '@vfleet/contracts/policy/runs';
import { UpdateVnic } from '@vfleet/contracts/policy/vms';
import { type RefusalCode, refusal } from '@vfleet/contracts/refusals';

type Known = { vm: ResolvedVm; plugged: Set<string> };

/** Policy as far as placements see it: VMs that a test puts, locked by one placement at a time. */
export function standInVms() {
  const known = new Map<string, Known>();
  let change: ((vm: ResolvedVm) => ResolvedVm | undefined) | undefined;

  function find(ref: string): Known | undefined {
    return known.get(ref) ?? [...known.values()].find(({ vm }) => vm.name === ref);
  }

  function resolved({ vm, plugged }: Known): ResolvedVm {
    return { ...vm, vnics: vm.vnics.filter(({ id }) => plugged.has(id)) };
  }

  return {
    put: (vm: ResolvedVm, plugged = vm.vnics.map(({ id }) => id)) =>
      void known.set(vm.id, { vm, plugged: new Set(plugged) }),
    /** An administrator edits a vNIC. */
    change: (vmId: string, vnic: ResolvedVnic) => {
      const found = known.get(vmId);
      if (found) found.vm = { ...found.vm, vnics: found.vm.vnics.map((each) => (each.id === vnic.id ? vnic : each)) };
    },
    remove: (vmId: string) => void known.delete(vmId),
    placementOf: (vmId: string) => known.get(vmId)?.vm.placementId,
    pluggedOf: (vmId: string) => [...(known.get(vmId)?.plugged ?? [])],
    lock: (vmId: string, placementId: string) => {
      const found = known.get(vmId);
      if (found) found.vm = { ...found.vm, placementId };
    },
    /** An administrator edits the VM just before it is locked next, or removes it. */
    changeBeforeRun: (how: (vm: ResolvedVm) => ResolvedVm | undefined) => {
      change = how;
    },
    async startOn(bus: Bus): Promise<void> {
      await bus.serve('policy', [
        answers(ResolveVnics, async ({ payload }) => {
          const found = find(payload.vm);
          if (!found) return refused('VM_NOT_EXIST');
          if (payload.vnic === undefined) return { ok: true, reply: resolved(found) };
          const vnics = found.vm.vnics.filter(({ id, name }) => id === payload.vnic || name === payload.vnic);
          return vnics.length > 0 ? { ok: true, reply: { ...found.vm, vnics } } : refused('VNIC_NOT_EXIST');
        }),
        answers(BeginRun, async ({ payload }) => {
          const found = find(payload.vm);
          if (!found) return refused('VM_NOT_EXIST');
          const changed = change ? change(found.vm) : found.vm;
          change = undefined;
          if (!changed) known.delete(found.vm.id);
          if (!changed) return refused('VM_NOT_EXIST');
          if (changed !== found.vm) found.plugged = new Set(changed.vnics.map(({ id }) => id));
          found.vm = changed;
          const holder = found.vm.placementId;
          if (holder !== null && holder !== payload.placementId) return refused('VM_IS_RUNNING');
          found.vm = { ...found.vm, placementId: payload.placementId };
          return { ok: true, reply: resolved(found) };
        }),
        answers(EndRun, async ({ payload }) => {
          const found = known.get(payload.vm);
          if (found?.vm.placementId === payload.placementId) found.vm = { ...found.vm, placementId: null };
          return { ok: true, reply: {} };
        }),
        answers(ListRunning, async ({ payload: { limit, cursor } }) => {
          const running = [...known.values()].flatMap(({ vm: { id, placementId } }) =>
            placementId === null || id <= (cursor ?? '') ? [] : [{ vmId: id, placementId }],
          );
          const items = running.sort((one, other) => (one.vmId < other.vmId ? -1 : 1)).slice(0, limit);
          return { ok: true, reply: { items, next: running.length > limit ? (items.at(-1)?.vmId ?? null) : null } };
        }),
        answers(UpdateVnic, async ({ payload: { vm, vnic, fields } }) => {
          const found = find(vm);
          const known = found?.vm.vnics.find(({ id }) => id === vnic);
          if (!found || !known) return refused('VM_NOT_EXIST');
          if (fields.plugged === true) found.plugged.add(vnic);
          if (fields.plugged === false) found.plugged.delete(vnic);
          const shown = {
            id: known.id,
            name: known.name,
            interface: known.interface,
            vnic_profile: null,
            network: null,
          };
          const plain = { mac: known.mac, plugged: found.plugged.has(vnic), linked: true, boot_order: null };
          const nothing = { custom_mtu: null, mac_spoofing: false, pinned_vf: null, guest_pci_address: null, vf: null };
          return { ok: true, reply: { ...shown, ...plain, ...nothing, degraded: false } };
        }),
        answers(SetPlugged, async ({ payload: { vm, vnic, placementId, plugged } }) => {
          const found = known.get(vm);
          if (!found) return refused('VM_NOT_EXIST');
          if (found.vm.placementId !== placementId) return refused('VM_IS_NOT_RUNNING');
          if (plugged) found.plugged.add(vnic);
          else found.plugged.delete(vnic);
          return { ok: true, reply: resolved(found) };
        }),
      ]);
    },
  };
}

function refused(code: RefusalCode) {
  return { ok: false as const, refusals: [refusal(code, `The stand-in refuses: ${code}.`)] };
}
