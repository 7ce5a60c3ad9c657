import type { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import type { DomainInterface, DomainReport } from '@vfleet/contracts/vocabulary/domain';
import type { Fence, VfBefore } from './vf-fence.ts';
import type { VfSettings } from './vf-settings.ts';
import type { OfRun, VmRecord } from './vm-record.ts';

/** A VF by its address, and its PF's, through which it is set. */
export type VfOfPf = { pciAddress: string; pfAddress: string };

/** A domain as it is to be started. `vm.id`, placement and attempt are kept with it, so that it is known again. */
export type DomainSpec = {
  vm: { id: string; name: string };
  placementId: string;
  attempt: number;
  domainXml: string | null;
  numaNode: number | null;
  interfaces: readonly DomainInterface[];
};

/** One thing done for a VM, complete in itself. Deadlines in milliseconds. */
export type VmStep =
  | { kind: 'keep-record'; record: VmRecord }
  | { kind: 'keep-fences'; fences: { pciAddress: string; fence: Fence }[] }
  /** Contact may be lost while a plan is walked: the floor has to be known still, and below the claims. */
  | { kind: 'check-floor'; claims: ClaimRef[] }
  /**
   * The fences are kept before this looks, and a change of a PF's number shows itself before it looks at the fences: of
   * the two at least one sees the other.
   */
  | { kind: 'check-pf'; pfAddress: string }
  | { kind: 'pf-up'; pfAddress: string }
  /** Sets what differs, in order, and reads back. */
  | { kind: 'apply'; vf: VfOfPf; wanted: VfSettings }
  /** Sets back what differs, in reverse, and reads back; goes on past what is refused. */
  | { kind: 'restore'; vf: VfOfPf; before: VfSettings }
  | { kind: 'bind'; vf: VfOfPf; to: 'vfio-pci' | 'network'; deadlineMs: number }
  | { kind: 'start-paused'; spec: DomainSpec; deadlineMs: number }
  | { kind: 'resume'; deadlineMs: number }
  /** Asks the guest; whatever comes of it, the next step powers off. */
  | { kind: 'shut-down'; deadlineMs: number }
  | { kind: 'destroy'; deadlineMs: number }
  | { kind: 'attach'; plugged: DomainInterface; deadlineMs: number }
  /** Side by side: each guest driver lets go in its own time. */
  | { kind: 'detach'; vnicIds: string[]; keepTwins: boolean; deadlineMs: number }
  | { kind: 'migrate'; destination: { id: string; name: string }; deadlineMs: number }
  | { kind: 'adopt'; of: Pick<OfRun, 'placementId' | 'attempt'> };

/** The steps that concern VFs alone. */
export type VfStep = VmStep & {
  kind: 'keep-fences' | 'check-floor' | 'check-pf' | 'pf-up' | 'apply' | 'restore' | 'bind';
};

/** How long a plan's steps may take. */
export type VmLimits = {
  startMs: number;
  shutDownMs: number;
  destroyMs: number;
  guestMs: number;
  bindMs: number;
  migrateMs: number;
};

/** A VF as it is found: what is kept of it, what is set on it, and who holds it, in words. */
export type SeenVf = {
  fence: Fence | null;
  vf: (VfOfPf & VfBefore) | null;
  heldBy: { vmId: string | null; name: string } | null;
};

/** What a plan for a VM is made from. `vnicIds` are the interfaces its domain has. */
export type VmSeen = {
  machineBoot: string;
  floor: number | null;
  record: VmRecord | null;
  domain: DomainReport | null;
  vnicIds: readonly string[];
  vfs: ReadonlyMap<string, SeenVf>;
};

/** The interfaces that stand on a VF. */
export function vfInterfaces(interfaces: readonly DomainInterface[]): (DomainInterface & { kind: 'vf' })[] {
  return interfaces.filter((each) => each.kind === 'vf');
}
