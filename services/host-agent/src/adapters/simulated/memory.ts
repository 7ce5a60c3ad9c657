import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { z } from 'zod';
import type { AtomicFiles } from '../../atomic-files.ts';
import { Hold } from './holds.ts';

const RememberedPf = z.object({
  numVfs: z.int().nonnegative(),
  isPresent: z.boolean(),
  isUp: z.boolean(),
  vfs: z.array(
    z.object({
      index: z.int().nonnegative(),
      address: PciAddress,
      mac: z.string(),
      iommuGroup: z.int().nullable(),
      linkAt: z.number(),
      netdevAt: z.number().nullable(),
      hold: Hold.nullable(),
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
});
export type MachineMemory = z.infer<typeof MachineMemory>;

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

function parse(file: string, text: string): MachineMemory {
  try {
    return MachineMemory.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file} is not the memory of a simulated machine; remove it to begin with a new one`, {
      cause: error,
    });
  }
}
