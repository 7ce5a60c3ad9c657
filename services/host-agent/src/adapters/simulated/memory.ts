import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { z } from 'zod';
import type { AtomicFiles } from '../../atomic-files.ts';
import { SimulatedDomain } from './domain.ts';
import { Hold } from './holds.ts';
import { SimulatedSettings } from './vf-settings.ts';

/** The MTU of a netdev until another is set. */
export const FIRST_MTU = 1500;

/** The first process number a domain may get. */
export const FIRST_PID = 2000;

const RememberedPf = z.object({
  numVfs: z.int().nonnegative(),
  isPresent: z.boolean(),
  isUp: z.boolean(),
  mtu: z.int().positive().default(FIRST_MTU),
  vfs: z.array(
    z.object({
      index: z.int().nonnegative(),
      address: PciAddress,
      mac: z.string(),
      iommuGroup: z.int().nullable(),
      linkAt: z.number(),
      netdevAt: z.number().nullable(),
      reboundAt: z.number().nullable().default(null),
      hold: Hold.nullable(),
      /** Absent in memories of before guests: as the driver makes them. */
      settings: SimulatedSettings.optional(),
    }),
  ),
  writing: z.object({ count: z.int().nonnegative(), until: z.number() }).nullable(),
});
export type RememberedPf = z.infer<typeof RememberedPf>;

/** What a simulated machine is while nobody runs it: a machine does not lose its VFs because its agent restarts. */
export const MachineMemory = z.object({
  schemaVersion: z.literal(1),
  boots: z.int().positive(),
  bootedAt: z.number(),
  creations: z.int().nonnegative(),
  nextGroup: z.int().nonnegative(),
  pfs: z.record(PciAddress, RememberedPf),
  isOn: z.boolean().default(true),
  nextPid: z.int().positive().default(FIRST_PID),
  domains: z.array(SimulatedDomain).default([]),
  arrivals: z.array(z.object({ from: z.string(), domain: SimulatedDomain })).default([]),
});
export type MachineMemory = z.infer<typeof MachineMemory>;

/** What a machine counts on, and whether it has power. */
export type Counters = Pick<MachineMemory, 'boots' | 'bootedAt' | 'creations' | 'nextGroup' | 'nextPid' | 'isOn'>;

/** Where a simulated machine outlives the process that simulates it. `loaded` is null for a new machine. */
export type SimulatedMemory = { loaded: MachineMemory | null; save(state: MachineMemory): Promise<void> };

/** Opens the memory of a machine kept in the file `name`. Throws when the file is there and cannot be read. */
export async function openSimulatedMemory(files: AtomicFiles, name: string): Promise<SimulatedMemory> {
  const text = await files.read(name);
  return {
    loaded: text === null ? null : parse(`${files.dir}/${name}`, text),
    save: (state) => files.write(name, JSON.stringify(state)),
  };
}

/** One save after the other; calls that wait for the same turn share it. */
export function savingTogether(save: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  return () => {
    next ??= last = last
      .catch(() => {})
      .then(() => {
        next = null;
        return save();
      });
    return next;
  };
}

function parse(file: string, text: string): MachineMemory {
  try {
    return MachineMemory.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file} is not the memory of a simulated machine; remove it to begin with a new one`, {
      cause: error,
    });
  }
}
