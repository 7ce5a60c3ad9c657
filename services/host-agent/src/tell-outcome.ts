import { VmStepEnded } from '@vfleet/contracts/host-agent-vms';
import type { Log } from '@vfleet/process/log';
import type { OfRun, StepOutcome } from './core/vm-record.ts';
import type { ShownDomain } from './domain-of-vm.ts';
import type { DomainsReporter } from './domains-reporter.ts';
import type { Teller } from './teller.ts';
import { failedOutcome, type VmWork } from './vm-run.ts';
import type { Cause, Voice } from './voice.ts';

/** Has the outcome of a step told. */
export type TellOutcome = (of: OfRun & { kind: VmWork['kind'] }, outcome: StepOutcome, cause?: Cause) => void;

/**
 * Tells how a step ended, with what is there of the VM now and not as it was when the step ended: the same outcome may
 * be asked for long after. A start whose domain has ended since is told as failed: nothing runs that could be attached.
 */
export function outcomeTelling({
  look,
  domains,
  voice,
  teller,
  log,
}: {
  look: (vmId: string) => Promise<ShownDomain>;
  domains: Pick<DomainsReporter, 'overtaken'>;
  voice: Voice;
  teller: Pick<Teller, 'tell'>;
  log: Log;
}): TellOutcome {
  return (of, outcome, cause) => void tell(of, outcome, cause);

  async function tell(of: Parameters<TellOutcome>[0], kept: StepOutcome, cause?: Cause): Promise<void> {
    const { kind, step, placementId, attempt, vm } = of;
    const origin = voice.raise();
    const shown = await look(vm.id);
    domains.overtaken();
    const hasEnded = kind === 'start' && kept.result === 'done' && shown.domain === 'gone';
    const outcome = hasEnded ? failedOutcome([{ kind: 'domain-ended', attempt }]) : kept;
    log.info({ vm, step, outcome, domain: shown.domain }, 'a step of a virtual machine ended');
    const ended = { ...origin, step, placementId, attempt, vmId: vm.id, outcome, ...shown };
    teller.tell(`${vm.id} ${step}`, () => voice.mention(VmStepEnded, ended, cause));
  }
}
