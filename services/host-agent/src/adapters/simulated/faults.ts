import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { z } from 'zod';
import { Hold } from './holds.ts';

/** Which of the calls it concerns a fault strikes: after `skip` of them, `times` times (null: always). */
const Calls = z.object({
  skip: z.int().nonnegative().default(0),
  times: z.int().positive().nullable().default(1),
});

/** Which writes of `sriov_numvfs` a fault strikes: those of `count`, any when absent. */
const Writes = Calls.extend({ count: z.int().nonnegative().optional() });

const Errno = z.string().regex(/^E[A-Z]+$/);
const VfIndex = z.int().nonnegative();
const calls = Calls.prefault({});

const OfPf = { pf: PciAddress };
const OfVf = { ...OfPf, vf: VfIndex };
/** Of one VF, or of all of a PF. */
const OfVfs = { ...OfPf, vf: VfIndex.optional() };
/** Of one VM, or of all. */
const OfVm = { vmId: z.string().optional() };

/** What a command sets on a VF at once, in the order in which the kernel does it. */
export const VfProperty = z.enum(['mac', 'vlan', 'rate', 'spoofCheck', 'linkState', 'trust']);
export type VfProperty = z.infer<typeof VfProperty>;

/**
 * What befalls a simulated machine. A VF is named by its index. What has neither `calls` nor `writes` is there until it
 * is taken away.
 */
export const Fault = z.discriminatedUnion('kind', [
  /** The kernel refuses a write. */
  z.object({ kind: z.literal('errno'), ...OfPf, errno: Errno, writes: Writes.prefault({}) }),
  /** A write succeeds with fewer VFs than asked. */
  z.object({ kind: z.literal('fewer-vfs'), ...OfPf, enabled: z.int().nonnegative(), writes: Writes.prefault({}) }),
  /** A write does not end until it is released; what reads the same file waits with it. */
  z.object({ kind: z.literal('hang'), ...OfPf, writes: Writes.prefault({}) }),
  /** A write, and all it brings, takes `factor` times as long. */
  z.object({
    kind: z.literal('slow'),
    ...OfPf,
    factor: z.number().positive(),
    writes: Writes.prefault({ times: null }),
  }),
  /** The driver of a VF is bound and its netdev does not come. */
  z.object({ kind: z.literal('netdev-never'), ...OfVf, healsOnRebind: z.boolean().default(false) }),
  z.object({ kind: z.literal('netdev-late'), ...OfVf, afterMs: z.int().positive() }),
  /** The netdev comes late only when the VF is given back to its network driver. */
  z.object({ kind: z.literal('netdev-late-after-unbind'), ...OfVfs, afterMs: z.int().positive() }),
  /** The links of new VFs appear some time after the write has ended. */
  z.object({ kind: z.literal('links-late'), ...OfPf, afterMs: z.int().positive() }),
  /** No driver is bound to a PF from some time after boot on, until some time after boot, or never (null). */
  z.object({
    kind: z.literal('driver-missing'),
    ...OfPf,
    fromBootMs: z.int().nonnegative().default(0),
    afterBootMs: z.int().positive().nullable(),
  }),
  z.object({ kind: z.literal('pf-missing'), ...OfPf }),
  /** Somebody bound the PF itself to vfio-pci; its VFs stay. */
  z.object({ kind: z.literal('pf-given-away'), ...OfPf }),
  /** SR-IOV is off in BIOS or firmware: the function is there, its `sriov_*` files are not. */
  z.object({ kind: z.literal('sriov-off'), ...OfPf }),
  /** Driver or firmware allow fewer VFs than the card can have. */
  z.object({ kind: z.literal('total-vfs'), ...OfPf, total: z.int().nonnegative() }),
  /** udev names the netdevs of VFs otherwise, some time after they came; `%d` is the index. */
  z.object({
    kind: z.literal('vf-renamed'),
    ...OfVfs,
    name: z.string().includes('%d'),
    afterMs: z.int().nonnegative().default(0),
  }),
  /** Something of the host takes the netdevs of VFs as soon as they come. */
  z.object({ kind: z.literal('vf-grabbed'), ...OfVfs, hold: Hold, afterMs: z.int().nonnegative().default(0) }),
  /** The PF's netdev cannot be set up, or goes down at once. */
  z.object({ kind: z.literal('pf-stays-down'), ...OfPf }),
  /** What the kernel has counted of PCIe errors (AER). */
  z.object({
    kind: z.literal('pcie-errors'),
    ...OfPf,
    correctable: z.int().nonnegative().default(0),
    nonFatal: z.int().nonnegative().default(0),
    fatal: z.int().nonnegative().default(0),
  }),
  /** Another MTU of a PF is refused. */
  z.object({ kind: z.literal('mtu-errno'), ...OfPf, errno: Errno, calls }),
  /** Another MTU of a PF is accepted, and reads as it did before. */
  z.object({ kind: z.literal('mtu-ignored'), ...OfPf, calls }),
  z.object({ kind: z.literal('scan-fails'), message: z.string() }),
  z.object({ kind: z.literal('scan-hangs') }),
  z.object({ kind: z.literal('scan-slow'), ms: z.int().positive() }),
  /** `ip link show` of the PF does not list a VF that sysfs has. */
  z.object({ kind: z.literal('vf-unlisted'), ...OfVfs, calls }),
  /** A property is refused; what the same command set before it stays set. */
  z.object({ kind: z.literal('vf-set-errno'), ...OfVfs, property: VfProperty, errno: Errno, calls }),
  /** A property is accepted, and reads as it did before. */
  z.object({ kind: z.literal('vf-set-ignored'), ...OfVfs, property: VfProperty, calls }),
  /** A property is accepted, and reads as it did before for some time. */
  z.object({ kind: z.literal('vf-set-late'), ...OfVfs, property: VfProperty, afterMs: z.int().positive(), calls }),
  /** Two commands at once on one PF: the later is refused. Without this fault the machine throws: none may be sent. */
  z.object({ kind: z.literal('overlap-errno'), ...OfPf, errno: Errno }),
  z.object({
    kind: z.literal('bind-errno'),
    ...OfVfs,
    to: z.enum(['vfio-pci', 'network']).optional(),
    errno: Errno,
    calls,
  }),
  /** The hypervisor's daemon does not answer; domains run on. */
  z.object({ kind: z.literal('libvirt-away') }),
  /** libvirt does not give a VF its earlier values back when its domain lets go of it: it has lost what it knew. */
  z.object({ kind: z.literal('libvirt-forgets'), ...OfVfs }),
  z.object({ kind: z.literal('start-fails'), ...OfVm, message: z.string(), calls }),
  /** A domain that was started, paused, dies some time after. */
  z.object({ kind: z.literal('dies-while-starting'), ...OfVm, afterMs: z.int().nonnegative().default(0), calls }),
  z.object({ kind: z.literal('dies-on-resume'), ...OfVm, calls }),
  z.object({ kind: z.literal('destroy-fails'), ...OfVm, message: z.string(), calls }),
  /** Everything asked of the hypervisor for a VM takes so much longer. */
  z.object({ kind: z.literal('guest-slow'), ...OfVm, ms: z.int().positive() }),
  z.object({ kind: z.literal('guest-ignores-shutdown'), ...OfVm }),
  /** The guest does not let a device go; with `says` it answers that it refuses, else it does once the fault ends. */
  z.object({
    kind: z.literal('guest-refuses-unplug'),
    ...OfVm,
    pf: PciAddress.optional(),
    vf: VfIndex.optional(),
    says: z.boolean().default(false),
  }),
  z.object({ kind: z.literal('attach-fails'), ...OfVm, message: z.string(), calls }),
  /** Plugging goes on only once the fault has ended, be it long after the deadline. */
  z.object({ kind: z.literal('attach-hangs'), ...OfVm }),
  z.object({ kind: z.literal('migrate-fails'), ...OfVm, message: z.string(), calls }),
  /** A migration goes on only once the fault has ended, be it long after the deadline. */
  z.object({ kind: z.literal('migrate-hangs'), ...OfVm }),
]);
export type Fault = z.infer<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;

type WriteFault = Extract<Fault, { writes: unknown }>;
type CallFault = Extract<Fault, { calls: unknown }>;

/** What a call is about. A fault that says nothing of a part concerns all of it. */
export type FaultSubject = {
  pf?: PciAddress | undefined;
  vf?: number | undefined;
  vmId?: string | null | undefined;
  property?: VfProperty | undefined;
  to?: 'vfio-pci' | 'network' | undefined;
};

/** The faults of a machine, with what is left of each. */
export type Faults = {
  /** Adds a fault; answers how to take it away. */
  add(fault: FaultInput): () => void;
  /** Takes all away. */
  clear(): void;
  /** The faults of one kind that concern a PF now. */
  of<Kind extends Fault['kind']>(kind: Kind, pf?: PciAddress): (Fault & { kind: Kind })[];
  /** The faults of one kind that concern a subject now. */
  concerning<Kind extends Fault['kind']>(kind: Kind, subject: FaultSubject): (Fault & { kind: Kind })[];
  /** The faults that strike this write, each counted as having struck. */
  strike(pf: PciAddress, count: number): WriteFault[];
  /** The fault of one kind that strikes this call; every one that concerns it is counted. */
  strikeCall<Kind extends CallFault['kind']>(
    kind: Kind,
    subject: FaultSubject,
  ): (CallFault & { kind: Kind }) | undefined;
};

type Entry = { fault: Fault; seen: number };

const SUBJECT_PARTS = ['pf', 'vf', 'vmId', 'property', 'to'] as const satisfies (keyof FaultSubject)[];

export function faultsOf(initial: readonly Fault[]): Faults {
  const all = new Set<Entry>();

  function add(fault: FaultInput): () => void {
    const entry = { fault: Fault.parse(fault), seen: 0 };
    all.add(entry);
    return () => all.delete(entry);
  }
  for (const fault of initial) add(fault);

  const entriesOf = (kind: Fault['kind'], subject: FaultSubject) =>
    [...all].filter(({ fault }) => fault.kind === kind && isAbout(fault, subject));
  const concerning = <Kind extends Fault['kind']>(kind: Kind, subject: FaultSubject) =>
    entriesOf(kind, subject).map(({ fault }) => fault as Fault & { kind: Kind });

  return {
    add,
    clear: () => all.clear(),
    of: (kind, pf) => concerning(kind, pf === undefined ? {} : { pf }),
    concerning,
    strike: (pf, count) =>
      [...all].flatMap((entry) => {
        const { fault } = entry;
        if (!('writes' in fault) || fault.pf !== pf) return [];
        if (fault.writes.count !== undefined && fault.writes.count !== count) return [];
        return strikesNow(entry, fault.writes) ? [fault] : [];
      }),
    strikeCall: <Kind extends CallFault['kind']>(kind: Kind, subject: FaultSubject) =>
      entriesOf(kind, subject)
        .filter((entry) => strikesNow(entry, (entry.fault as CallFault).calls))
        .map(({ fault }) => fault as CallFault & { kind: Kind })[0],
  };
}

/** Counts one more call that a fault concerns, and tells whether it strikes this one. */
function strikesNow(entry: Entry, { skip, times }: z.infer<typeof Calls>): boolean {
  entry.seen++;
  const struck = entry.seen - skip;
  return struck >= 1 && (times === null || struck <= times);
}

function isAbout(fault: Fault, subject: FaultSubject): boolean {
  const told: FaultSubject & { kind: string } = fault;
  return SUBJECT_PARTS.every((part) => {
    const [of, is] = [told[part], subject[part]];
    return of === undefined || is === undefined || of === is;
  });
}
