import type { ChangeFailure } from '@vfleet/contracts/vocabulary/host-report';
import { MTU_IN_USE_CODE } from '@vfleet/contracts/vocabulary/pf-mtu';
import type { EXISTING_CHANGED_CODE } from '@vfleet/contracts/vocabulary/vfs-change';
import { explainErrno } from './errno-causes.ts';
import { explainMtuFailure, type MtuFailureSeen } from './mtu-failures.ts';
import { describePf, type PfSubject } from './pf-subject.ts';
import type { VfInUse } from './vfs-in-use.ts';

/** What went wrong in a change, as it was seen. Times in milliseconds. */
export type FailureSeen =
  | { kind: 'errno'; errno: string; writing: number }
  | { kind: 'read-errno'; errno: string }
  | { kind: 'read-unfinished' }
  | { kind: 'over-total'; asked: number }
  | { kind: 'other-number'; expected: number; got: number }
  | { kind: 'fewer-vfs'; asked: number; got: number }
  | { kind: 'changed-meanwhile'; asked: number; got: number }
  | { kind: 'vfs-never-appeared'; asked: number; got: number; afterMs: number }
  | { kind: 'vfs-never-left'; left: number; afterMs: number }
  | { kind: 'stuck'; since: string; holder: string }
  | { kind: 'in-use'; mtuOnly: boolean; vfs: readonly VfInUse[] }
  | MtuFailureSeen
  | { kind: 'contact-lost'; afterMs: number }
  | { kind: 'interrupted'; afterMs: number }
  | { kind: 'pf-missing' }
  | { kind: 'driver-missing'; afterMs: number }
  | { kind: 'other-card'; kept: string; found: string }
  | { kind: 'state-file'; problem: string; remedy: string }
  | { kind: 'host-fault'; problem: string };

/** The code of a change refused because a VF is in use; it is the refusal's own. */
export const IN_USE_CODE = 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED';

/** Cause and remedy of a failure in words an administrator can act on. Every cause names the PF. */
export function explainFailure(seen: FailureSeen, pf: PfSubject): ChangeFailure {
  const name = describePf(pf);
  switch (seen.kind) {
    case 'errno':
      return { code: seen.errno, ...explainErrno(seen.errno, pf, seen.writing) };
    case 'over-total':
      return { code: 'ERANGE', ...explainErrno('ERANGE', pf, seen.asked) };
    case 'read-errno':
      return {
        code: seen.errno,
        cause: `sriov_numvfs of ${name} could not be read back (${seen.errno})`,
        remedy: `Check the card with lspci -s ${pf.pciAddress} and dmesg, then send the number again.`,
      };
    case 'read-unfinished':
      return {
        code: 'READ_UNFINISHED',
        cause: `sriov_numvfs of ${name} could not be read back: something else on the host is changing it and does not end`,
        remedy: `Find who writes it (ps and dmesg show a process in state D), let it end, then send the number again.`,
      };
    case 'other-number':
      return {
        code: 'EXISTING_VFS_CHANGED' satisfies typeof EXISTING_CHANGED_CODE,
        cause: `${name} was to keep the ${seen.expected} virtual functions it was seen with, and has ${seen.got}: something else on the host changed the number again`,
        remedy: `Find what else manages the virtual functions of ${pf.pciAddress} (a udev rule, a script, another SR-IOV operator) and stop it; then adopt or repair the number that exists.`,
      };
    case 'fewer-vfs':
      return {
        code: 'FEWER_VFS',
        cause: `${name} was asked for ${seen.asked} virtual functions and enabled only ${seen.got}`,
        remedy: `Ask for ${seen.got} or fewer, or look at dmesg for what the driver lacks (interrupt vectors, queues, firmware setting).`,
      };
    case 'changed-meanwhile':
      return {
        code: 'CHANGED_MEANWHILE',
        cause: `${seen.asked} was written to sriov_numvfs of ${name}, which then held ${seen.got}: something else on the host changed it`,
        remedy: `Find what else manages the virtual functions of ${pf.pciAddress} (a udev rule, a script, another SR-IOV operator) and stop it; then send the number again.`,
      };
    case 'vfs-never-appeared':
      return {
        code: 'VFS_NEVER_APPEARED',
        cause: `${name} accepted ${seen.asked} virtual functions, but ${seconds(seen.afterMs)} later only ${seen.got} were there`,
        remedy: `Look at dmesg for errors of ${pf.pciAddress} and its virtual functions, then send the number again.`,
      };
    case 'vfs-never-left':
      return {
        code: 'VFS_NEVER_LEFT',
        cause: `${seen.left} virtual functions of ${name} were still there ${seconds(seen.afterMs)} after they were removed`,
        remedy: `Look at dmesg for what holds them, then send the number again.`,
      };
    case 'stuck':
      return {
        code: 'STUCK',
        cause: `a write of sriov_numvfs of ${name} did not end by its deadline at ${seen.since}: ${seen.holder}`,
        remedy: `Let go of what holds the virtual functions, for example stop the virtual machine. The write cannot be killed; if nothing holds them, reboot the host.`,
      };
    case 'in-use':
      return {
        code: seen.mtuOnly ? MTU_IN_USE_CODE : IN_USE_CODE,
        cause: `virtual functions of ${name} are in use: ${seen.vfs.map(describeUse).join('; ')}`,
        remedy: seen.mtuOnly
          ? 'Free every virtual function named here: another MTU of the physical function interrupts and limits them all.'
          : 'Free every virtual function named here; a change removes all of them and makes new ones.',
      };
    case 'mtu-errno':
    case 'mtu-not-kept':
    case 'mtu-without-netdev':
      return explainMtuFailure(seen, pf);
    case 'contact-lost':
      return {
        code: 'CONTACT_LOST',
        cause: `contact with the message broker was lost for ${seconds(seen.afterMs)} during the change of ${name}, which may have cut the management link`,
        remedy: `Check whether the host reaches the broker over ${pf.nic ?? pf.pciAddress} or one of its virtual functions; move the management link elsewhere, or send the number again if the broker itself was down.`,
      };
    case 'interrupted':
      return {
        code: 'INTERRUPTED',
        cause: `the host agent was restarted in the middle of the change of ${name} and then had no contact with the message broker for ${seconds(seen.afterMs)}`,
        remedy:
          'Check why the agent ended (journalctl -u vfleet-host-agent) and that it reaches the broker; then send the number again.',
      };
    case 'pf-missing':
      return {
        code: 'PF_MISSING',
        cause: `there is no physical function at ${pf.pciAddress}`,
        remedy: `Put the card back or enable SR-IOV again (BIOS, firmware). If it is gone for good: vfleet-host-agent forget ${pf.pciAddress}.`,
      };
    case 'driver-missing':
      return {
        code: 'DRIVER_MISSING',
        cause: `no driver was bound to ${name} within ${seconds(seen.afterMs)}`,
        remedy: `Load the driver of the card (lspci -k -s ${pf.pciAddress} names it) and look for its errors in dmesg. If the card is no longer wanted: vfleet-host-agent forget ${pf.pciAddress}.`,
      };
    case 'other-card':
      return {
        code: 'OTHER_CARD',
        cause: `another card is at ${pf.pciAddress}: its number of virtual functions was kept for ${seen.kept}, found is ${seen.found}; the number was not applied`,
        remedy: `Put the card back, or set the number of this card anew after: vfleet-host-agent forget ${pf.pciAddress}.`,
      };
    case 'state-file':
      return { code: 'STATE_FILE', cause: `${name}: ${seen.problem}`, remedy: seen.remedy };
    case 'host-fault':
      return {
        code: 'HOST_FAULT',
        cause: `the host could not be worked on while ${name} was changed: ${seen.problem}`,
        remedy:
          'Look at the log of vfleet-host-agent (journalctl -u vfleet-host-agent) and dmesg, then send the number again.',
      };
  }
}

/** How the return to the last known good number went. `mtu` is the one of before that was set again; null: none was. */
export type WayBack =
  | { kind: 'not-needed'; existing: number }
  | { kind: 'restored'; lastKnownGood: number; mtu: number | null }
  | { kind: 'holds'; lastKnownGood: number; mtu: number | null }
  | { kind: 'not-tried'; lastKnownGood: number; existing: number | null }
  | { kind: 'failed'; lastKnownGood: number; failure: ChangeFailure; existing: number | null };

/** The failure with the outcome of its way back told too. */
export function withWayBack(failure: ChangeFailure, wayBack: WayBack): ChangeFailure {
  switch (wayBack.kind) {
    case 'not-needed':
      return { ...failure, cause: `${failure.cause}. Nothing was changed; ${count(wayBack.existing)} as before.` };
    case 'restored':
      return {
        ...failure,
        cause: `${failure.cause}. The last known good number was written again: ${count(wayBack.lastKnownGood)}.${mtuAgain(wayBack)}`,
      };
    case 'holds':
      return {
        ...failure,
        cause: `${failure.cause}. The last known good number holds: ${count(wayBack.lastKnownGood)}.${mtuAgain(wayBack)}`,
      };
    case 'not-tried':
      return {
        ...failure,
        cause: `${failure.cause}. The last known good number ${wayBack.lastKnownGood} was not written again, since the write could hang. ${now(wayBack.existing)}.`,
      };
    case 'failed':
      return {
        code: failure.code,
        cause: `${failure.cause}. Writing the last known good number ${wayBack.lastKnownGood} again failed too: ${wayBack.failure.cause}. ${now(wayBack.existing)}.`,
        remedy: `${failure.remedy} For the way back: ${wayBack.failure.remedy}`,
      };
  }
}

function mtuAgain({ mtu }: { mtu: number | null }): string {
  return mtu === null ? '' : ` The MTU of the physical function is ${mtu} again.`;
}

function describeUse({ pciAddress, reasons }: VfInUse): string {
  return `${pciAddress} ${reasons.map(({ text }) => text).join(', ')}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

function now(existing: number | null): string {
  return existing === null ? 'How many there are now is unknown' : `Now ${count(existing)}`;
}

function count(vfs: number): string {
  return vfs === 1 ? 'there is 1 virtual function' : `there are ${vfs} virtual functions`;
}
