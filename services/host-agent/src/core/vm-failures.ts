import type { ChangeFailure } from '@vfleet/contracts/vocabulary/host-report';
import type { StepBroken } from './judge-step.ts';
import { explainVfFailure, START_AGAIN, type VfFailureSeen } from './vf-failures.ts';

/** What the hypervisor was at when it did not do what it was asked. */
export type GuestWork = 'start' | 'resume' | 'destroy' | 'attach' | 'migrate';

/** What went wrong with a VM or with a VF of it, as it was seen. `message` null: no end in time. */
export type VmFailureSeen =
  | StepBroken
  | VfFailureSeen
  | { kind: 'no-hypervisor' }
  | { kind: 'no-floor' }
  | { kind: 'domain-of-other-run'; attempt: number | null }
  | { kind: 'domain-ended'; attempt: number }
  | { kind: 'no-domain' }
  | { kind: 'plugged-otherwise'; vnic: string; vf: string | null }
  | { kind: 'vfs-plugged'; vfs: readonly string[] }
  | {
      kind: 'guest';
      work: GuestWork;
      message: string | null;
      vnic?: string;
      because?: { code: string; remedy: string };
    }
  | { kind: 'guest-keeps'; vnics: readonly { vnicId: string; message: string | null }[] }
  | { kind: 'still-here' }
  | { kind: 'lost-on-the-way' }
  | { kind: 'interrupted' }
  | { kind: 'rebooted' }
  | { kind: 'overtaken' }
  | { kind: 'state-file'; problem: string; remedy: string }
  | { kind: 'host-fault'; problem: string };

const JOURNAL = 'Look at the log of the agent: journalctl -u vfleet-host-agent.';

/** Cause and remedy of a failure in words an administrator can act on. */
export function explainVmFailure(seen: VmFailureSeen): ChangeFailure {
  switch (seen.kind) {
    case 'outdated':
      return told(
        'OUTDATED',
        `the message is of attempt ${seen.attempt}, and attempt ${seen.kept} was seen here already`,
        'Nothing needs to be done: the newer attempt counts.',
      );
    case 'attempt-over':
      return told('ATTEMPT_OVER', `attempt ${seen.attempt} of the virtual machine is over on this host`, START_AGAIN);
    case 'domain-ended':
      return told(
        'DOMAIN_ENDED',
        `the domain of attempt ${seen.attempt} was started and has ended since`,
        `Look at the guest's log in /var/log/libvirt/qemu for why it ended. ${START_AGAIN}`,
      );
    case 'no-hypervisor':
      return told(
        'NO_HYPERVISOR',
        'the agent of this host drives no hypervisor',
        'Install libvirt with QEMU on the host and restart vfleet-host-agent.',
      );
    case 'no-floor':
      return told(
        'NO_FENCE_FLOOR',
        'the agent was not told the fence floor of its host since it connected, so it prepares no virtual function',
        `Check that the inventory service runs and reaches the message broker. ${START_AGAIN}`,
      );
    case 'domain-of-other-run':
      return told(
        'DOMAIN_RUNS',
        `a domain of ${seen.attempt === null ? 'an unknown attempt' : `attempt ${seen.attempt}`} of the virtual machine is on this host`,
        'Stop the virtual machine, with force when its guest does not answer.',
      );
    case 'no-domain':
      return told('DOMAIN_NOT_HERE', 'the domain of the virtual machine is not on this host', START_AGAIN);
    case 'plugged-otherwise':
      return told(
        'PLUGGED_OTHERWISE',
        `${seen.vnic} is plugged already, ${seen.vf === null ? 'on a bridge' : `with ${seen.vf}`}`,
        'Unplug the vNIC first.',
      );
    case 'vfs-plugged':
      return told(
        'VFS_PLUGGED',
        `a domain with virtual functions cannot move: ${seen.vfs.join(', ')}`,
        'Unplug its passthrough vNICs, or make their profile migratable.',
      );
    case 'guest':
      return guestFailed(seen);
    case 'guest-keeps':
      return told(
        'GUEST_REFUSED_UNPLUG',
        `the guest did not let go of ${seen.vnics.map(({ vnicId, message }) => `${vnicId} (${message ?? 'no answer in time'})`).join(', ')}`,
        'Check that the guest runs and its system supports PCI hot unplug (ACPI or pciehp); unplug again, or stop the virtual machine.',
      );
    case 'still-here':
      return told(
        'STILL_HERE',
        'the hypervisor said that the domain is gone, and shows it still',
        'Look at virsh list --all and restart libvirtd; then repeat the operation.',
      );
    case 'lost-on-the-way':
      return told(
        'MIGRATION_LOST',
        'the domain is on this host no longer, though its migration failed',
        `Look at the log of libvirtd on both hosts. ${START_AGAIN}`,
      );
    case 'interrupted':
      return told(
        'INTERRUPTED',
        'the host agent was restarted in the middle of it',
        `${JOURNAL} Then repeat the operation.`,
      );
    case 'rebooted':
      return told('HOST_REBOOTED', 'the host was rebooted in the middle of it', START_AGAIN);
    case 'overtaken':
      return told('OVERTAKEN', 'a stop of the virtual machine came while it was started', START_AGAIN);
    case 'state-file':
      return told('STATE_FILE', seen.problem, seen.remedy);
    case 'host-fault':
      return told(
        'HOST_FAULT',
        `the host could not be worked on: ${seen.problem}`,
        `${JOURNAL} Then repeat the operation.`,
      );
    case 'fence-outdated':
    case 'fence-cleaned':
    case 'fence-below-floor':
    case 'vf-missing':
    case 'vf-twice':
    case 'vf-held':
    case 'vlan-invalid':
    case 'pf-changing':
    case 'set-refused':
    case 'not-told':
    case 'not-read-back':
    case 'bind-refused':
    case 'bound-otherwise':
      return explainVfFailure(seen);
  }
}

/** Several failures as one: all causes and remedies, under the code of the first. `failures` is not empty. */
export function explainAll(failures: readonly VmFailureSeen[]): ChangeFailure {
  const explained = failures.map(explainVmFailure);
  const [first] = explained;
  if (!first) throw new Error('a failure without a reason');
  return {
    code: first.code,
    cause: unique(explained.map(({ cause }) => cause)).join('; '),
    remedy: unique(explained.map(({ remedy }) => remedy)).join(' '),
  };
}

/** The failure with what could not be taken back told too. */
export function withLeftovers(failure: ChangeFailure, left: readonly VmFailureSeen[]): ChangeFailure {
  if (left.length === 0) return failure;
  const leftovers = explainAll(left);
  return {
    code: failure.code,
    cause: `${failure.cause}. Taking it back failed too: ${leftovers.cause}`,
    remedy: `${failure.remedy} For what is left: ${leftovers.remedy}`,
  };
}

function guestFailed({ work, message, vnic, because }: VmFailureSeen & { kind: 'guest' }): ChangeFailure {
  const row = GUEST_WORK[work];
  const said = message === null ? 'it did not end in time' : message;
  const { code, remedy } = because ?? row;
  return told(code, `${row.doing}${vnic === undefined ? '' : ` of ${vnic}`} failed: ${said}`, remedy);
}

const GUEST_WORK: Record<GuestWork, { code: string; doing: string; remedy: string }> = {
  start: {
    code: 'DOMAIN_NOT_STARTED',
    doing: 'starting the domain',
    remedy: 'Look at the log of the domain in /var/log/libvirt/qemu and of libvirtd on the host.',
  },
  resume: {
    code: 'DOMAIN_NOT_RESUMED',
    doing: 'letting the domain run',
    remedy: 'Look at the log of the domain in /var/log/libvirt/qemu and of libvirtd on the host.',
  },
  destroy: {
    code: 'DOMAIN_NOT_ENDED',
    doing: 'powering the domain off',
    remedy: 'Look at virsh list on the host; a process in state D ends only with a reboot of the host.',
  },
  attach: {
    code: 'NOT_PLUGGED',
    doing: 'plugging',
    remedy: 'Check that the machine type of the guest has a free hot-plug slot, and look at the log of libvirtd.',
  },
  migrate: {
    code: 'NOT_MIGRATED',
    doing: 'the migration',
    remedy:
      'Check that libvirtd of both hosts reach one another and that the destination has the machine type, disks and bridges of the domain.',
  },
};

function told(code: string, cause: string, remedy: string): ChangeFailure {
  return { code, cause, remedy };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
