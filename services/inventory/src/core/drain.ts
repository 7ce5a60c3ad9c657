import type { VfReasonCode } from '@vfleet/contracts/vocabulary/vf-in-use';
import type { Ledger, LedgerClaim, LedgerVf, LedgerVfsConfig } from './ledger.ts';
import { vfEvidence } from './vf-evidence.ts';
import { vfUses } from './vf-use.ts';

/** What takes away a reason that makes a VF in use; a claim has its own words. */
const WAYS_OUT: Partial<Record<VfReasonCode, string>> = {
  HELD_BY_DOMAIN: 'end the domain, or take the device off it',
  NOT_CLEANED: 'wait until its host has cleaned it, which it is told to',
  VFIO_OPEN: 'end what has it open',
  VFIO_UNREADABLE: 'bind its network driver, or let the agent read who has it open',
  NETNS_MOVED: 'move its network device back',
  MACVTAP: 'take the device off it',
  BRIDGE: 'take it off the bridge',
  VLAN: 'take the VLAN device off it',
  BOND_SLAVE: 'take it out of the bond',
  HAS_ADDRESS: 'take the address off it',
  NOT_LOOKED_AT: 'have the host report again',
};

/**
 * What has to be done before the number of VFs of a PF can be changed, in words: first the virtual machines, in the order
 * of their names, then what else uses a VF, in the order of the VFs.
 */
export function drainOf(ledger: Ledger, config: LedgerVfsConfig): string[] {
  const evidenceOf = vfEvidence(ledger);
  const useOf = vfUses(ledger);
  const held = config.vfs.flatMap((vf) => {
    const { claim } = evidenceOf(vf.pciAddress);
    return claim ? [{ vf, claim }] : [];
  });
  const others = config.vfs.filter(({ pciAddress }) => !evidenceOf(pciAddress).claim);
  return [
    ...ofVms(held.filter(({ claim }) => claim.state === 'reserved' || claim.state === 'attached')),
    ...held.flatMap(ofReleased),
    ...others.flatMap((vf) =>
      useOf(config, vf).reasons.flatMap(({ code, text }) => {
        const wayOut = WAYS_OUT[code];
        return wayOut ? [`${nameOf(vf)} ${text}: ${wayOut}.`] : [];
      }),
    ),
  ];
}

type HeldVf = { vf: LedgerVf; claim: LedgerClaim };

function ofVms(held: readonly HeldVf[]): string[] {
  const byVm = Map.groupBy(held, ({ claim }) => claim.vm.id);
  return [...byVm.values()]
    .map((vfs) => {
      const name = vfs[0]?.claim.vm.name ?? '';
      const vnics = vfs.map(({ vf, claim }) => `${claim.vnic.name} (${nameOf(vf)})`).join(', ');
      return { name, text: `Stop or migrate virtual machine ${name}, or unplug its ${vnics}.` };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ text }) => text);
}

function ofReleased({ vf, claim: { state, vm, dirty } }: HeldVf): string[] {
  switch (state) {
    case 'releasing':
      return [`Wait until ${nameOf(vf)} is clean, which virtual machine ${vm.name} has given back.`];
    case 'dirty':
      return [`${nameOf(vf)} could not be proved clean after virtual machine ${vm.name}: ${dirty?.remedy ?? ''}`];
    case 'reserved':
    case 'attached':
      return [];
  }
}

function nameOf({ nic, pciAddress }: LedgerVf): string {
  return nic?.name ?? pciAddress;
}
