import { z } from 'zod';
import { event, hostMessage } from './define.ts';
import { ClaimRef } from './vocabulary/claim.ts';
import { DomainInterface, DomainReport } from './vocabulary/domain.ts';
import { ChangeFailure } from './vocabulary/host-report.ts';
import { EntityId, Named } from './vocabulary/ids.ts';
import { PciAddress } from './vocabulary/pci.ts';

/**
 * Which step of which run of a VM a message belongs to. `attempt` counts what was tried on hosts for a VM and never
 * restarts, over all its placements: it is the VM's fence. An agent keeps, durably per VM, the highest it has seen and
 * whether it is over, and refuses lower ones and a start at one that is over. `step` is made once and comes back in the
 * outcome; a message that comes again has the same.
 */
const OfRun = {
  step: z.string().min(1).max(200),
  placementId: EntityId,
  attempt: z.int().positive(),
  vm: Named,
};

/**
 * Prepares the VFs, starts the domain paused, reads the VFs back and lets it run. When anything fails nothing is left of
 * it but fences. A domain of this attempt that runs is answered as started.
 */
export const StartVm = hostMessage('start-vm', {
  payload: z.object({
    ...OfRun,
    domainXml: z.string().nullable(),
    numaNode: z.int().nullable(),
    interfaces: z.array(DomainInterface),
  }),
});

/**
 * Ends a VM: asks the guest to shut down and powers it off when it does not in time, at once with `force`. Done means no
 * domain of the VM is there and this attempt is over: a start that comes later is refused. Also done when nothing ran.
 */
export const StopVm = hostMessage('stop-vm', { payload: z.object({ ...OfRun, force: z.boolean() }) });

/** Prepares VFs and plugs interfaces into a domain that runs; whole or not at all. Those that are there are answered alike. */
export const AttachVnics = hostMessage('attach-vnics', {
  payload: z.object({ ...OfRun, interfaces: z.array(DomainInterface) }),
});

/**
 * Unplugs interfaces and waits, bounded, for the guest to let go; what it does not let go stays attached. With `keepTwins`
 * the virtio interfaces of failover vNICs stay, so that the guest keeps its networks while it moves to another host.
 */
export const DetachVnics = hostMessage('detach-vnics', {
  payload: z.object({ ...OfRun, vnicIds: z.array(EntityId), keepTwins: z.boolean().default(false) }),
});

/** Moves a domain whose VFs are unplugged to another host; sent to the source. `attempt` is the source's. */
export const MigrateVm = hostMessage('migrate-vm', { payload: z.object({ ...OfRun, destination: Named }) });

/**
 * Gives VFs back: properties as before, the VF's own driver, its netdev. Never touched while a domain holds the VF. A
 * claim that was never prepared is recorded as cleaned too, so that a late prepare is refused.
 */
export const CleanVfs = hostMessage('clean-vfs', { payload: z.object({ claims: z.array(ClaimRef).min(1).max(512) }) });

/**
 * No claim up to this fence holds any more: the host was confirmed lost. Every agent learns it before it prepares a VF.
 * `contact` is that of the heartbeat it answers: one that was read before the agent's contact began, and sent late, says
 * nothing of what was confirmed meanwhile. Null comes from services that do not repeat it.
 */
export const FenceFloor = hostMessage('fence-floor', {
  payload: z.object({ floor: z.int().nonnegative(), contact: z.string().max(64).nullable().default(null) }),
});

/** Asks for the domains as they are now. */
export const DomainsRequested = hostMessage('domains-requested', { payload: z.object({}) });

const Origin = { hostId: EntityId, boot: z.int().positive(), sequence: z.int().nonnegative() };

/**
 * How a step ended. `domain` is what is there of the VM after it: a failed start is `gone`, a refused unplug `running`,
 * `unknown` when the hypervisor did not tell. `attached` names the interfaces the domain has now. Its key is the host's,
 * as of all an agent says; it is handled in turn with what else concerns the VM.
 */
export const VmStepEnded = event('host-agent.vm-step-ended', {
  payload: z.object({
    ...Origin,
    step: z.string(),
    placementId: EntityId,
    attempt: z.int().positive(),
    vmId: EntityId,
    outcome: z.discriminatedUnion('result', [
      z.object({ result: z.literal('done') }),
      z.object({ result: z.literal('failed'), failure: ChangeFailure }),
    ]),
    domain: z.enum(['running', 'gone', 'unknown']),
    attached: z.array(z.object({ vnicId: EntityId, guestPciAddress: z.string().nullable() })),
  }),
  keyOf: ({ hostId }) => hostId,
  laneOf: ({ vmId }) => vmId,
  consumers: ['scheduler'],
});

/**
 * The agent's proof of what became of claims it was to clean: `clean`, `dirty` with cause and remedy (tried again when
 * asked again), or `held` by a domain that still runs.
 */
export const VfsCleaned = event('host-agent.vfs-cleaned', {
  payload: z.object({
    ...Origin,
    results: z.array(
      ClaimRef.extend({
        outcome: z.discriminatedUnion('result', [
          z.object({ result: z.literal('clean') }),
          z.object({ result: z.literal('dirty'), failure: ChangeFailure }),
          z.object({ result: z.literal('held'), by: z.string() }),
        ]),
      }),
    ),
  }),
  keyOf: ({ hostId }) => hostId,
  consumers: ['inventory'],
});

/** What an agent keeps of a VF: the highest fence it was handed, and whether it was cleaned with it. */
export const KeptFence = z.object({
  pciAddress: PciAddress,
  fence: z.int().positive(),
  claimId: EntityId.nullable(),
  cleaned: z.boolean(),
});

/**
 * What libvirt holds and what the agent keeps, whole: on connect, on every change, and when asked. `machineBoot` differs
 * after every boot of the machine. A lower (boot, sequence) is older.
 */
export const DomainsReported = event('host-agent.domains-reported', {
  payload: z.object({
    ...Origin,
    machineBoot: z.string(),
    takenAt: z.iso.datetime(),
    domains: z.array(DomainReport),
    fences: z.array(KeptFence),
  }),
  keyOf: ({ hostId }) => hostId,
  consumers: ['inventory', 'scheduler'],
});
