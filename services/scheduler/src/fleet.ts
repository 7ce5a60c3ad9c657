import type { ResolvedVm } from '@vfleet/contracts/policy/runs';
import type { Refusal } from '@vfleet/contracts/refusals';
import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { PickedVnic } from './core/picked-vnics.ts';

export type { PickedVnic };

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

/**
 * `excluded` holds host ids and why; `only` is the id of the one host looked at. A VM of which one vNIC is to be plugged
 * is the `purpose` plug: what keeps its host from that is told as CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF.
 */
export type Limits = {
  excluded: ReadonlyMap<string, string>;
  only?: string | undefined;
  purpose?: 'place' | 'plug' | undefined;
};

/** The hosts as the placement state machine needs them. What it tells may be stale: inventory judges every claim. */
export type Fleet = {
  /**
   * The best host that serves all vNICs of the VM at once. Else refusals SCHEDULING_ALL_HOSTS_FILTERED_OUT: the first sums
   * up, the others say each of a host why it fell away. Before it refuses it reads anew the hosts that lack the least.
   * Throws while the hosts were never read, and when that reading is not answered: nobody can tell then.
   */
  pick(vm: ResolvedVm, limits: Limits): Promise<Pick>;
  /** Reads the facts of a host anew before it resolves; throws when inventory does not answer in time. */
  refresh(hostId: string): Promise<void>;
  /** The host of this id or name, an id wins; undefined when inventory says that there is none. */
  find(ref: string): Promise<Named | undefined>;
};
