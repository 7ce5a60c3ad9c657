import type { ClaimState } from '@vfleet/contracts/vocabulary/claim';
import type { VmRuntime } from '@vfleet/contracts/vocabulary/operation';
import { deviceNameOf } from '@vfleet/contracts/vocabulary/pci';
import type { PlacedVnic, Placement, PlacementState } from './placement.ts';
import { PLACEMENT_TABLE } from './placement-table.ts';

type VnicRuntime = VmRuntime['vnics'][number];

/** States in which claims of the host where the VM is, or is to be, are not attached yet. */
const RESERVED_THERE: readonly PlacementState[] = ['starting', 'quitting-host', 'attaching-destination'];

/** Where a VM stands, as other services are told; one without a placement never ran. */
export function runtimeView(vmId: string, placement: Placement | undefined): VmRuntime {
  if (!placement) return { vmId, status: 'down', host: null, operation: null, vnics: [] };
  return {
    vmId,
    status: PLACEMENT_TABLE[placement.state].status,
    host: hostOf(placement),
    operation: placement.operation?.id ?? null,
    vnics: vnicsOf(placement),
  };
}

/** A VM that is being stopped is where it is not proved gone. */
function hostOf({ at, leaving }: Placement): VmRuntime['host'] {
  return at?.host ?? leaving.find(({ isGone }) => !isGone)?.host ?? null;
}

/** What vNICs hold; of those that hold nothing now, where the guest has had them. */
function vnicsOf(placement: Placement): VnicRuntime[] {
  const { at, plug, guestAddresses } = placement;
  const placed = at?.vnics ?? [];
  const all = plug && !isIn(placed, plug.vnic.id) ? [...placed, plug] : placed;
  const known = guestAddresses.filter(({ vnicId }) => !isIn(all, vnicId));
  return [
    ...all.map((vnic) => vnicView(placement, vnic)),
    ...known.map(({ vnicId, address }) => ({ vnicId, vf: null, degraded: false, guestPciAddress: address })),
  ];
}

function vnicView(placement: Placement, placed: PlacedVnic): VnicRuntime {
  const { vnic, vf, degraded, guestPciAddress } = placed;
  const network = placement.vm?.vnics.find(({ id }) => id === vnic.id)?.network;
  const held = vf && {
    name: deviceNameOf(vf.pciAddress),
    pci_address: vf.pciAddress,
    physical_function: vf.pf,
    vlan: network?.vlanId ?? null,
    state: claimStateOf(placement, placed),
  };
  return { vnicId: vnic.id, vf: held, degraded, guestPciAddress };
}

/** As the placement sees it: the ledger is a step ahead or behind at most. */
function claimStateOf({ state, plug }: Placement, { vnic }: PlacedVnic): ClaimState {
  if (RESERVED_THERE.includes(state)) return 'reserved';
  if (plug?.vnic.id !== vnic.id || state === 'unplugging') return 'attached';
  return state === 'releasing-unplugged' || state === 'taking-back-plug' ? 'releasing' : 'reserved';
}

function isIn(placed: readonly PlacedVnic[], vnicId: string): boolean {
  return placed.some(({ vnic }) => vnic.id === vnicId);
}
