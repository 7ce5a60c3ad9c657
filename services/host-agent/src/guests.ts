import type { DomainInterface, DomainReport } from '@vfleet/contracts/vocabulary/domain';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { VfSettings } from './core/vf-settings.ts';
import type { DomainSpec } from './core/vm-step.ts';

export type { VfSettings } from './core/vf-settings.ts';
export type { DomainSpec } from './core/vm-step.ts';

/** A VF as it is prepared, and its PF; `netdev` is null while it has none here. */
export type PreparedVf = {
  pciAddress: PciAddress;
  pfAddress: PciAddress;
  driver: string | null;
  netdev: string | null;
  settings: VfSettings;
};

/** How one change of the machine ended. The errno is the kernel's. */
export type Change = { kind: 'done' } | { kind: 'errno'; errno: string };

/**
 * How the hypervisor did what it was asked: done, refused in its words, or no end in time. `because` is told where more
 * is known of a refusal than of all of its kind.
 */
export type GuestChange =
  | { kind: 'done' }
  | { kind: 'failed'; message: string; because?: { code: string; remedy: string } }
  | { kind: 'unfinished' };

/**
 * What the machine can do for guests: its VFs prepared, its domains driven. Like the host port, it decides nothing; a
 * fault of the machine itself throws. Real adapters speak to `ip` and libvirt; the simulated one has their behaviour.
 */
export type Guests = {
  /** A VF with all that is set on it; undefined when there is none at this address. */
  lookAtVf(address: PciAddress): Promise<PreparedVf | undefined>;
  /**
   * Sets properties of a VF through its PF in one command, and only what is given and not null. VLAN id, QoS and
   * protocol travel together, and so do both rates: what is not given of them becomes none. When one property is
   * refused, those before it stay set. Never sent twice at once for one PF.
   */
  setVf(address: PciAddress, settings: Partial<VfSettings>): Promise<Change>;
  /**
   * Binds a VF to vfio-pci, or back to its own network driver, and waits for the netdev then, bounded: whether it came
   * is seen by looking. ETIMEDOUT when the kernel has not let go of it in time, as while a process has it open.
   */
  bindVf(address: PciAddress, to: 'vfio-pci' | 'network', deadlineMs: number): Promise<Change>;
  domains(): Promise<DomainReport[]>;
  /** Defines and starts a domain, paused. libvirt sets MAC and VLAN of its VFs here, and sets them back at its end. */
  startPaused(spec: DomainSpec, deadlineMs: number): Promise<GuestChange>;
  resume(vmId: string, deadlineMs: number): Promise<GuestChange>;
  /** Asks the guest to shut down and waits until the domain is gone; `failed` when it does not. */
  shutDown(vmId: string, deadlineMs: number): Promise<GuestChange>;
  /** Powers the domain off and waits until it is gone. Done when it was not there. */
  destroy(vmId: string, deadlineMs: number): Promise<GuestChange>;
  /** Plugs an interface into a domain; answers its address inside the guest. */
  attach(
    vmId: string,
    plugged: DomainInterface,
    deadlineMs: number,
  ): Promise<GuestChange & { guestPciAddress?: string | null }>;
  /**
   * Unplugs the interface of a vNIC: done when the guest has let go and libvirt has reported it removed, or when it was
   * not there. `unfinished` when the guest says nothing; it may still let go later. `failed` when it refuses. The virtio
   * twin of a failover vNIC goes behind it, also one that is there alone, unless it is to be kept.
   */
  detach(vmId: string, vnicId: string, deadlineMs: number, options?: { keepTwin: boolean }): Promise<GuestChange>;
  /** The interfaces of a domain by vNIC, with their addresses inside the guest; undefined when there is no domain. */
  interfacesOf(vmId: string): Promise<{ vnicId: string; guestPciAddress: string | null }[] | undefined>;
  /** Moves a domain without VFs to another host, live; the domain is there or here when it resolves, never on both. */
  migrate(vmId: string, destination: { id: string; name: string }, deadlineMs: number): Promise<GuestChange>;
  /**
   * Calls off a move of a domain to another host, as of an agent that died: when it is done the domain stays where it is
   * now. Done when nothing moves.
   */
  callOff(vmId: string, deadlineMs: number): Promise<GuestChange>;
  /** Takes over a domain that came from another host: it is of this attempt from now on. Nothing when it is gone. */
  adopt(vmId: string, of: { placementId: string; attempt: number }): Promise<void>;
  /**
   * Whether the hypervisor is still at a start or a plugging for a VM that nobody waits for any longer, as after it was
   * `unfinished`, or after the agent that asked for it died. What of it is not there may come yet, so what is seen is
   * proof only when this was false before.
   */
  mayStillCome(vmId: string): Promise<boolean>;
  /** Calls back, debounced, when domains come or go; answers how to stop. */
  watch(onChange: () => void): () => void;
};
