import type { DomainsReported, VmStepEnded } from '@vfleet/contracts/host-agent-vms';
import type { Refusal } from '@vfleet/contracts/refusals';
import type { z } from 'zod';
import type { OnHost, OpenOperation, RunVm } from './placement.ts';

type StepEnded = z.infer<(typeof VmStepEnded)['payload']>;
type Failed = Extract<StepEnded['outcome'], { result: 'failed' }>;
type Origin = Pick<z.infer<(typeof DomainsReported)['payload']>, 'hostId' | 'boot' | 'sequence'>;

/** What a host answered a step with, beside how it ended: where it was then, and the interfaces the domain has. */
export type HostAnswer = { seen: Origin; attached: StepEnded['attached'] };

/**
 * What can happen to a placement, beside what somebody asks for. `isFresh`: the driver entered this state itself, nobody
 * has taken it over since, and no host was told of it yet: so nothing of it can be under way anywhere.
 */
export type Happening =
  /** Every step of the state is done. `answer` is the host's, when a host was told something. */
  | { kind: 'passed'; answer?: HostAnswer | undefined }
  /** The VM is not any more what was chosen for. */
  | { kind: 'vm-changed'; isFresh: boolean }
  | { kind: 'vm-refused'; isFresh: boolean; refusals: readonly Refusal[] }
  | { kind: 'claims-refused'; isFresh: boolean; refusals: readonly Refusal[] }
  /** Claims of what a host holds now were released meanwhile. */
  | { kind: 'attach-refused'; refusals: readonly Refusal[]; answer?: HostAnswer | undefined }
  | { kind: 'plug-refused'; refusals: readonly Refusal[] }
  /** No agent was there to take the step, and it was never told before: it will not be carried out. */
  | { kind: 'never-told' }
  | { kind: 'host-failed'; failure: Failed['failure']; domain: StepEnded['domain']; answer: HostAnswer }
  | { kind: 'chosen'; vm: RunVm; on: OnHost }
  | { kind: 'none-fits'; refusals: readonly Refusal[] }
  /** The host tells, newer than it was known there, that the VM is not there. */
  | { kind: 'vm-gone' }
  /** A host tells that it has the VM, whose former host is lost. */
  | { kind: 'vm-there'; answer: HostAnswer }
  /** The host where it is was confirmed lost: what ran there does not run. */
  | { kind: 'host-lost' }
  | { kind: 'destination-lost' }
  /** A host has not answered for too long. It says nothing about what the host does. */
  | { kind: 'overdue' }
  | { kind: 'stop-asked'; operation: OpenOperation };

export type HappeningKind = Happening['kind'];
export type HappeningOf<Kind extends HappeningKind> = Extract<Happening, { kind: Kind }>;
