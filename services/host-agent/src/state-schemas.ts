import { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { ChangeFailure, PfIdentity, PfReport, StuckChange } from '@vfleet/contracts/vocabulary/host-report';
import { EntityId, Named } from '@vfleet/contracts/vocabulary/ids';
import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { z } from 'zod';
import type { Journal } from './core/journal.ts';
import type { Unsupported } from './core/unsupported-properties.ts';
import type { Fence } from './core/vf-fence.ts';
import type { VfSettings } from './core/vf-settings.ts';
import type { VmRecord } from './core/vm-record.ts';

/** An agent before MTUs kept none. */
const Mtu = z.int().positive().nullable().default(null);

/** The journal of a change of a PF's number. */
export const JournalFile = z.object({
  vfsConfigId: EntityId,
  pciAddress: PciAddress,
  generation: z.int().positive(),
  from: z.int().nonnegative(),
  to: z.int().nonnegative(),
  mtu: Mtu,
  mtuBefore: Mtu,
  foundBefore: z.int().nonnegative(),
  lastKnownGood: z.int().nonnegative(),
  persistedBefore: z.object({ count: z.int().nonnegative(), identity: PfIdentity.nullable(), mtu: Mtu }).nullable(),
  startedAt: z.iso.datetime(),
  fallingBack: ChangeFailure.nullable(),
  stuck: StuckChange.nullable(),
}) satisfies z.ZodType<Journal>;

const Rate = z.int().nonnegative().nullable();

const SettingsInFile = z.object({
  mac: z.string().nullable(),
  vlanId: z.int().nullable(),
  vlanQos: z.int().nullable(),
  vlanProtocol: z.enum(['802.1Q', '802.1ad']).nullable(),
  spoofCheck: z.boolean().nullable(),
  trust: z.boolean().nullable(),
  linkState: z.enum(['auto', 'enable', 'disable']).nullable(),
  minTxRate: Rate,
  maxTxRate: Rate,
}) satisfies z.ZodType<VfSettings>;

/** The fence of a VF; what an agent before claims kept has only its number and whether it was cleaned. */
export const FenceFile = z.object({
  fence: z.int().positive(),
  claimId: EntityId.nullable().default(null),
  cleaned: z.boolean(),
  before: z.object({ settings: SettingsInFile, driver: z.string().nullable() }).nullable().default(null),
  machineBoot: z.string().nullable().default(null),
  holder: z.object({ vm: Named, vnic: Named }).nullable().default(null),
}) satisfies z.ZodType<Fence>;

const StepOfVm = { step: z.string() };

/** What is kept of a VM, with the journal of its open step. */
export const VmRecordFile = z.object({
  vm: Named,
  placementId: EntityId,
  attempt: z.int().positive(),
  state: z.enum(['starting', 'running', 'over']),
  machineBoot: z.string(),
  open: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('start'), ...StepOfVm, interfaces: z.array(DomainInterface) }),
      z.object({ kind: z.literal('stop'), ...StepOfVm, force: z.boolean() }),
      z.object({ kind: z.literal('attach'), ...StepOfVm, interfaces: z.array(DomainInterface) }),
      z.object({ kind: z.literal('detach'), ...StepOfVm, vnicIds: z.array(EntityId) }),
      z.object({ kind: z.literal('migrate'), ...StepOfVm }),
    ])
    .nullable(),
  ended: z.array(
    z.object({
      ...StepOfVm,
      outcome: z.discriminatedUnion('result', [
        z.object({ result: z.literal('done') }),
        z.object({ result: z.literal('failed'), failure: ChangeFailure }),
      ]),
    }),
  ),
}) satisfies z.ZodType<VmRecord>;

/** What driver and firmware of a PF were found to refuse. */
export const UnsupportedFile = z.object({
  driver: z.string().nullable(),
  firmware: z.string().nullable(),
  properties: PfReport.shape.unsupported,
}) satisfies z.ZodType<Unsupported>;

export const MtuFile = z.object({ mtu: z.int().positive() });
export const BootFile = z.object({ boot: z.int().positive() });
export const FloorFile = z.object({ floor: z.int().nonnegative() });
