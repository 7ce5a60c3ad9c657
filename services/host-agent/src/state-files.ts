import { PfIdentity, Settlement } from '@vfleet/contracts/vocabulary/host-report';
import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { z } from 'zod';
import type { AtomicFiles } from './atomic-files.ts';
import type { Journal, Persisted } from './core/journal.ts';
import type { Unsupported } from './core/unsupported-properties.ts';
import { type Fence, mayFollow } from './core/vf-fence.ts';
import type { VmRecord } from './core/vm-record.ts';
import {
  BootFile,
  FenceFile,
  FloorFile,
  JournalFile,
  MtuFile,
  UnsupportedFile,
  VmRecordFile,
} from './state-schemas.ts';

/** Where an agent keeps its state unless told otherwise; the folder of numbers is the seed's. */
export const DEFAULT_STATE_DIR = '/var/lib/vdsm';

const NUMBERS = 'virtual_functions';
const OWN = 'vfleet';

const SCHEMA_VERSION = 1;

/** A file of the agent's state that cannot be read or written. The message names the file, `remedy` what to do. */
export class StateFileError extends Error {
  override readonly name = 'StateFileError';
  readonly remedy: string;
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(problem, options);
    this.remedy = remedy;
  }
}

/**
 * What an agent must not forget, below one state directory. The number of VFs of a PF lies as text in
 * `virtual_functions/<pci address>`, as the seed has it; all else as JSON with a schema version in `vfleet/`. Writes are
 * durable and atomic. What cannot be read is a StateFileError, never silently a default.
 */
export type StateFiles = ReturnType<typeof stateFiles>;

/** Opens the state kept in `files`. */
export function stateFiles(files: AtomicFiles) {
  const json = <Value extends object>(
    folder: string,
    schema: z.ZodType<Value>,
    nameSchema: z.ZodType<string> = PciAddress,
  ) => ({
    read: async (name: string): Promise<Value | null> => {
      const path = `${folder}/${name}.json`;
      const text = await reading(files, path);
      return text === null ? null : parseJson(files, path, text, schema);
    },
    write: (name: string, value: Value) =>
      writing(files, `${folder}/${name}.json`, () =>
        files.write(`${folder}/${name}.json`, `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...value })}\n`),
      ),
    remove: (name: string) => writing(files, `${folder}/${name}.json`, () => files.remove(`${folder}/${name}.json`)),
    names: async () => namesIn(await listing(files, folder), { ending: '.json', schema: nameSchema }),
  });
  const settled = json(`${OWN}/settled`, Settlement);
  const journals = json(`${OWN}/journal`, JournalFile);
  const identities = json(`${OWN}/identity`, PfIdentity);
  const mtus = json(`${OWN}/mtu`, MtuFile);
  const fences = json(`${OWN}/fences`, FenceFile);
  const unsupported = json(`${OWN}/unsupported`, UnsupportedFile);
  const vms = json(`${OWN}/vms`, VmRecordFile, EntityId);
  const floor = json(OWN, FloorFile);
  const boot = json(OWN, BootFile);

  return {
    /** What is restored at boot; null means unmanaged. A number kept by vdsm comes without an identity. */
    persisted: async (address: PciAddress): Promise<Persisted | null> => {
      const text = await reading(files, `${NUMBERS}/${address}`);
      if (text === null) return null;
      const [identity, kept] = [await identities.read(address), await mtus.read(address)];
      return { count: parseNumber(files, address, text), identity, mtu: kept?.mtu ?? null };
    },
    /** The number comes before the identity: beside that of an earlier card it is not applied, but told. */
    persist: async (address: PciAddress, { count, identity, mtu }: Persisted) => {
      const number = `${NUMBERS}/${address}`;
      await (mtu === null ? mtus.remove(address) : mtus.write(address, { mtu }));
      await writing(files, number, () => files.write(number, String(count)));
      await (identity ? identities.write(address, identity) : identities.remove(address));
    },
    unpersist: async (address: PciAddress) => {
      await writing(files, `${NUMBERS}/${address}`, () => files.remove(`${NUMBERS}/${address}`));
      await identities.remove(address);
      await mtus.remove(address);
    },
    /** Every PF that has a persisted number, readable or not. */
    managed: async () => namesIn(await listing(files, NUMBERS), { ending: '', schema: PciAddress }),

    settlement: (address: PciAddress) => settled.read(address),
    settle: (address: PciAddress, settlement: Settlement) => settled.write(address, settlement),
    forgetSettlement: (address: PciAddress) => settled.remove(address),
    settledPfs: () => settled.names(),

    journal: (address: PciAddress) => journals.read(address),
    openJournal: (journal: Journal) => journals.write(journal.pciAddress, journal),
    closeJournal: (address: PciAddress) => journals.remove(address),
    openJournals: () => journals.names(),

    /** The highest fence this agent has seen for a VF, cleaned ones included. */
    fence: (vfAddress: PciAddress) => fences.read(vfAddress),
    /** Throws rather than keep a lower one, or call a VF prepared again that was cleaned with this very fence. */
    keepFence: async (vfAddress: PciAddress, fence: Fence) => {
      const kept = await fences.read(vfAddress);
      if (!mayFollow(fence, kept)) {
        throw new Error(`fence ${fence.fence} of ${vfAddress} cannot follow fence ${kept?.fence}`);
      }
      await fences.write(vfAddress, fence);
    },
    fencedVfs: () => fences.names(),

    /** The highest fence floor this agent was ever told; 0 before. */
    floor: async () => (await floor.read('fence-floor'))?.floor ?? 0,
    keepFloor: (highest: number) => floor.write('fence-floor', { floor: highest }),

    vm: (vmId: EntityId) => vms.read(vmId),
    keepVm: (record: VmRecord) => vms.write(record.vm.id, record),
    keptVms: () => vms.names(),

    /** What was found of a PF to be refused by its driver and firmware. */
    unsupported: (address: PciAddress) => unsupported.read(address),
    forgetUnsupported: (address: PciAddress) => unsupported.remove(address),
    unsupportedPfs: () => unsupported.names(),
    keepUnsupported: (address: PciAddress, found: Unsupported) => unsupported.write(address, found),

    /** Counts a start of the agent: above every earlier one, and above those of a state directory that was lost. */
    nextBoot: async (now: number): Promise<number> => {
      const last = (await boot.read('boot'))?.boot ?? 0;
      const next = Math.max(last + 1, now);
      await boot.write('boot', { boot: next });
      return next;
    },
  };
}

function parseNumber(files: AtomicFiles, address: PciAddress, text: string): number {
  const path = `${files.dir}/${NUMBERS}/${address}`;
  if (!/^\d{1,5}\s*$/.test(text)) {
    throw new StateFileError(
      `${path} holds ${JSON.stringify(text.slice(0, 40))}, not a number of virtual functions`,
      `Write the wanted number into ${path}, or run: vfleet-host-agent forget ${address}`,
    );
  }
  return Number(text);
}

function parseJson<Value>(files: AtomicFiles, path: string, text: string, schema: z.ZodType<Value>): Value {
  const file = `${files.dir}/${path}`;
  const remedy = `Restore ${file} from a backup, or remove it and restart vfleet-host-agent; the state of the functions is then taken from the host as it is.`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StateFileError(`${file} is not JSON`, remedy, { cause: error });
  }
  const version = z.object({ schemaVersion: z.literal(SCHEMA_VERSION) }).safeParse(value);
  if (!version.success) {
    throw new StateFileError(`${file} is not of schema version ${SCHEMA_VERSION}`, remedy);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new StateFileError(`${file} is damaged: ${z.prettifyError(parsed.error)}`, remedy);
  return parsed.data;
}

async function reading(files: AtomicFiles, path: string): Promise<string | null> {
  try {
    return await files.read(path);
  } catch (error) {
    throw refusedByDisk(files, path, 'read', error);
  }
}

async function writing(files: AtomicFiles, path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw refusedByDisk(files, path, 'written', error);
  }
}

async function listing(files: AtomicFiles, folder: string): Promise<string[]> {
  try {
    return await files.list(folder);
  } catch (error) {
    throw refusedByDisk(files, folder, 'listed', error);
  }
}

function refusedByDisk(files: AtomicFiles, path: string, how: string, error: unknown): StateFileError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StateFileError(
    `${files.dir}/${path} cannot be ${how}: ${reason}`,
    `Check that ${files.dir} is there, has free space, and belongs to the user of vfleet-host-agent.`,
    { cause: error },
  );
}

/** What is named so among file names with an ending; anything else there (temporary files) is not ours to judge. */
function namesIn(
  files: readonly string[],
  { ending, schema }: { ending: string; schema: z.ZodType<string> },
): string[] {
  return files
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, name.length - ending.length))
    .filter((name) => schema.safeParse(name).success)
    .toSorted();
}
