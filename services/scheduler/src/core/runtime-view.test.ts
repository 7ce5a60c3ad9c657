import { VmRuntime } from '@vfleet/contracts/vocabulary/operation';
import { describe, expect, it } from 'vitest';
import { sampleLeaving, sampleOnHost, samplePlacement } from '../testing/sample-placement.ts';
import { sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import type { PlacedVnic, Placement } from './placement.ts';
import { PlacementState } from './placement.ts';
import { PLACEMENT_TABLE } from './placement-table.ts';
import { runVmOf } from './run-vm.ts';
import { runtimeView } from './runtime-view.ts';

const ALPHA = { id: 'id-alpha', name: 'alpha' };
const PF = { id: 'pf-01', name: 'ens1' };

const placed = (name: string, pciAddress: string | null): PlacedVnic => ({
  vnic: { id: `id-${name}`, name },
  vf: pciAddress === null ? null : { claimId: `claim-${name}`, pciAddress, pf: PF, fence: 1 },
  degraded: pciAddress === null,
  guestPciAddress: null,
});
const NIC1 = placed('nic1', '0000:01:10.1');
const NIC2 = placed('nic2', null);

const red = sampleVnic('nic1', 'red');
const RESOLVED = sampleVm('web', [{ ...red, network: red.network && { ...red.network, vlanId: 100 } }]);

const at = (state: PlacementState, change: Partial<Placement> = {}) =>
  samplePlacement({
    state,
    vm: runVmOf(RESOLVED),
    at: sampleOnHost('alpha', [NIC1, NIC2]),
    ...change,
  });
const viewOf = (placement: Placement | undefined) => {
  const view = runtimeView('id-web', placement);
  expect(view).toEqual(VmRuntime.parse(view));
  return view;
};
const stateOf = (placement: Placement) => viewOf(placement).vnics[0]?.vf?.state;

describe('where a VM stands', () => {
  it('is down when it was never placed', () => {
    const none = { host: null, operation: null, vnics: [] };
    expect(viewOf(undefined)).toEqual({ vmId: 'id-web', status: 'down', ...none });
  });

  it('is told with what each of its vNICs holds', () => {
    expect(viewOf(at('running'))).toEqual({
      ...{ vmId: 'id-web', status: 'up', host: ALPHA, operation: null },
      vnics: [
        {
          vnicId: 'id-nic1',
          vf: {
            ...{ name: 'pci_0000_01_10_1', pci_address: '0000:01:10.1' },
            ...{ physical_function: PF, vlan: 100, state: 'attached' },
          },
          degraded: false,
          guestPciAddress: null,
        },
        { vnicId: 'id-nic2', vf: null, degraded: true, guestPciAddress: null },
      ],
    });
  });

  it.each(PlacementState.options)('has the status of its state: %s', (state) => {
    expect(viewOf(at(state)).status).toBe(PLACEMENT_TABLE[state].status);
  });

  it('is where it is not proved gone while it is stopped', () => {
    const leaving = [sampleLeaving('bravo', true), sampleLeaving('alpha', false)];
    expect(viewOf(at('stopping', { at: null, leaving })).host?.name).toBe('alpha');
    expect(viewOf(at('releasing', { at: null, leaving: leaving.slice(0, 1) })).host).toBeNull();
  });

  it('names the operation that is under way', () => {
    const { operation } = samplePlacement({ operation: 'open' });
    expect(viewOf(at('starting', { operation })).operation).toBe('op-1');
  });

  it('keeps where the guest had its vNICs, also when it is down', () => {
    const guestAddresses = [{ vnicId: 'id-nic1', address: '0000:07:00.0' }];
    expect(viewOf(at('down', { at: null, vm: null, guestAddresses })).vnics).toEqual([
      { vnicId: 'id-nic1', vf: null, degraded: false, guestPciAddress: '0000:07:00.0' },
    ]);
    expect(viewOf(at('running', { guestAddresses })).vnics).toHaveLength(2);
  });
});

describe('the claim of a vNIC', () => {
  it.each([
    ['starting', 'reserved'],
    ['attaching-destination', 'reserved'],
    ['running', 'attached'],
    ['moving', 'attached'],
    ['replugging-source', 'attached'],
  ] as const)('while the VM is %s is %s', (state, claim) => expect(stateOf(at(state))).toBe(claim));

  it.each([
    ['plugging', 'reserved'],
    ['choosing-vf', 'reserved'],
    ['unplugging', 'attached'],
    ['releasing-unplugged', 'releasing'],
    ['taking-back-plug', 'releasing'],
  ] as const)('of the vNIC that is plugged or unplugged, while %s, is %s', (state, claim) => {
    const plug = NIC1;
    const alone = at(state, { plug, at: sampleOnHost('alpha') });
    expect(viewOf(alone).vnics).toHaveLength(1);
    expect(stateOf(alone)).toBe(claim);
    const beside = at(state, { plug: NIC2 });
    expect(stateOf(beside)).toBe('attached');
  });
});
