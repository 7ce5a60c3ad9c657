import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { z } from 'zod';

/** Which writes of `sriov_numvfs` a fault strikes: of `count` (any when absent), after `skip` of them, `times` times (null: always). */
const Writes = z.object({
  count: z.int().nonnegative().optional(),
  skip: z.int().nonnegative().default(0),
  times: z.int().positive().nullable().default(1),
});

const OfPf = { pf: PciAddress };
const OfVf = { ...OfPf, vf: z.int().nonnegative() };

/** What befalls a simulated machine. A VF is named by its index. */
export const Fault = z.discriminatedUnion('kind', [
  /** The kernel refuses a write. */
  z.object({ kind: z.literal('errno'), ...OfPf, errno: z.string().regex(/^E[A-Z]+$/), writes: Writes.prefault({}) }),
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
  /** The links of new VFs appear some time after the write has ended. */
  z.object({ kind: z.literal('links-late'), ...OfPf, afterMs: z.int().positive() }),
  /** No driver is bound to a PF until some time after boot, or never. */
  z.object({ kind: z.literal('driver-missing'), ...OfPf, afterBootMs: z.int().positive().nullable() }),
  z.object({ kind: z.literal('pf-missing'), ...OfPf }),
  z.object({ kind: z.literal('scan-fails'), message: z.string() }),
  z.object({ kind: z.literal('scan-hangs') }),
]);
export type Fault = z.infer<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;

type WriteFault = Extract<Fault, { writes: unknown }>;

/** The faults of a machine, with what is left of each. */
export type Faults = {
  /** Adds a fault; answers how to take it away. */
  add(fault: FaultInput): () => void;
  /** The faults of one kind that concern a PF now. */
  of<Kind extends Fault['kind']>(kind: Kind, pf?: PciAddress): (Fault & { kind: Kind })[];
  /** The faults that strike this write, each counted as having struck. */
  strike(pf: PciAddress, count: number): WriteFault[];
};

export function faultsOf(initial: readonly Fault[]): Faults {
  const all = new Set<{ fault: Fault; seen: number }>();

  function add(fault: FaultInput): () => void {
    const entry = { fault: Fault.parse(fault), seen: 0 };
    all.add(entry);
    return () => all.delete(entry);
  }
  for (const fault of initial) add(fault);

  return {
    add,
    of: <Kind extends Fault['kind']>(kind: Kind, pf?: PciAddress) =>
      [...all]
        .map(({ fault }) => fault)
        .filter((fault): fault is Fault & { kind: Kind } => fault.kind === kind && concerns(fault, pf)),
    strike: (pf, count) =>
      [...all].flatMap((entry) => {
        const { fault } = entry;
        if (!('writes' in fault) || fault.pf !== pf) return [];
        const { writes } = fault;
        if (writes.count !== undefined && writes.count !== count) return [];
        entry.seen++;
        const struck = entry.seen - writes.skip;
        return struck >= 1 && (writes.times === null || struck <= writes.times) ? [fault] : [];
      }),
  };
}

function concerns(fault: Fault, pf: PciAddress | undefined): boolean {
  return pf === undefined || !('pf' in fault) || fault.pf === pf;
}
