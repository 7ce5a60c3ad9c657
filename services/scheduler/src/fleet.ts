import type { ResolvedVm } from '@vfleet/contracts/policy/runs';
import type { Refusal } from '@vfleet/contracts/refusals';
import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';

/** What a vNIC gets on the picked host: a VF and its PF, or null for a bridge or nothing. `degraded`: it preferred a VF. */
export type PickedVnic = { vnic: Named; vf: { pciAddress: PciAddress; pf: Named } | null; degraded: boolean };

/**
 * The VFs of a pick are kept from other picks of this process until it is told what became of them: `claimed` in the
 * ledger of that version (kept until the facts of the host are as new), or `givenUp`. Telling twice does nothing.
 */
export type Pick =
  | {
      ok: true;
      host: Named;
      /** One for each vNIC of the VM, in their order. */
      vnics: PickedVnic[];
      claimed: (ledgerVersion: number) => void;
      givenUp: () => void;
    }
  | { ok: false; refusals: Refusal[] };

/** The hosts as the placement state machine needs them. What it tells may be stale: inventory judges every claim. */
export type Fleet = {
  /**
   * The best host that serves all vNICs of the VM at once, or one refusal SCHEDULING_ALL_HOSTS_FILTERED_OUT that says
   * why each host fell away. `excluded` holds host ids and why; `only` is the id of the one host looked at.
   * Throws while the hosts were never read.
   */
  pick(vm: ResolvedVm, limits: { excluded: ReadonlyMap<string, string>; only?: string | undefined }): Promise<Pick>;
  /** Reads the facts of a host anew before it resolves; throws when inventory does not answer in time. */
  refresh(hostId: string): Promise<void>;
  /** The host of this id or name, an id wins; undefined when inventory says that there is none. */
  find(ref: string): Promise<Named | undefined>;
};
