import type { ChangeFailure } from '@vfleet/contracts/vocabulary/host-report';
import { type BindTarget, explainBindFailure } from './bind-failures.ts';
import type { FenceBroken } from './vf-fence.ts';
import type { SettingDifference, VfSettings } from './vf-settings.ts';

/** What went wrong with a VF, as it was seen. */
export type VfFailureSeen =
  | FenceBroken
  | { kind: 'vf-missing'; vf: string }
  | { kind: 'vf-twice'; vf: string }
  | { kind: 'vf-held'; vf: string; by: string }
  | { kind: 'vlan-invalid'; vnic: string; vlanId: number }
  | { kind: 'pf-changing'; pf: string }
  | { kind: 'set-refused'; vf: string; settings: Partial<VfSettings>; errno: string; isUnsupported: boolean }
  | { kind: 'not-told'; vf: string; properties: readonly string[] }
  | { kind: 'not-read-back'; vf: string; differences: readonly SettingDifference[] }
  | { kind: 'bind-refused'; vf: string; to: BindTarget; errno: string }
  | { kind: 'bound-otherwise'; vf: string; to: BindTarget; driver: string | null };

export const START_AGAIN = 'Start the virtual machine again.';

/** Cause and remedy of it in words an administrator can act on. */
export function explainVfFailure(seen: VfFailureSeen): ChangeFailure {
  switch (seen.kind) {
    case 'fence-outdated':
      return told(
        'FENCE_OUTDATED',
        `${seen.vf} was claimed with fence ${seen.fence}, and a later claim with fence ${seen.kept} was seen here`,
        START_AGAIN,
      );
    case 'fence-cleaned':
      return told(
        'FENCE_CLEANED',
        `the claim of ${seen.vf} with fence ${seen.fence} was released and the virtual function cleaned`,
        START_AGAIN,
      );
    case 'fence-below-floor':
      return told(
        'FENCE_BELOW_FLOOR',
        `the claim of ${seen.vf} with fence ${seen.fence} ended when this host was confirmed powered off (fence floor ${seen.floor})`,
        START_AGAIN,
      );
    case 'vf-missing':
      return told(
        'VF_MISSING',
        `there is no virtual function at ${seen.vf}`,
        `Compare the number of virtual functions of its physical function with what is wanted, and send the number again. ${START_AGAIN}`,
      );
    case 'vf-twice':
      return told(
        'VF_TWICE',
        `${seen.vf} is named by more than one interface`,
        'This is a fault of VFleet: please report it with the log of the scheduler.',
      );
    case 'vf-held':
      return told(
        'VF_HELD',
        `${seen.vf} is held by ${seen.by}`,
        `Stop what holds it (virsh list; virsh dumpxml tells its devices). A claim is not handed out for a virtual function in use.`,
      );
    case 'vlan-invalid':
      return told(
        'VLAN_NOT_VALID',
        `the network of ${seen.vnic} has VLAN ${seen.vlanId}`,
        'Give the network a VLAN of 1 to 4094, or none.',
      );
    case 'pf-changing':
      return told(
        'PF_CHANGING',
        `the number of virtual functions of ${seen.pf} is being changed`,
        `Wait until the change is settled. ${START_AGAIN}`,
      );
    case 'set-refused':
      return setRefused(seen);
    case 'not-told':
      return told(
        'NOT_TOLD',
        `the driver of the physical function of ${seen.vf} does not tell ${seen.properties.join(', ')}, which could so be neither checked nor taken back`,
        'Leave the property out of the vNIC profile, or update kernel, driver and iproute2 of the host; other physical functions are chosen for such vNICs from now on.',
      );
    case 'not-read-back':
      return told(
        'NOT_READ_BACK',
        `${seen.vf} shows other settings than were set: ${seen.differences.map(({ name, wanted, seen: is }) => `${name} ${is} instead of ${wanted}`).join(', ')}`,
        'Find what else sets virtual functions on this host (NetworkManager, a udev rule, a script) and stop it; else update driver and firmware of the card.',
      );
    case 'bind-refused':
    case 'bound-otherwise':
      return explainBindFailure(seen);
  }
}

function setRefused({ vf, settings, errno, isUnsupported }: VfFailureSeen & { kind: 'set-refused' }): ChangeFailure {
  const asked = Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const cause = `setting ${asked} on ${vf} was refused (${errno})`;
  if (!isUnsupported)
    return told(
      errno,
      cause,
      'Look at dmesg for what the driver says; check the link of the physical function and its mode (devlink dev eswitch show).',
    );
  return told(
    errno,
    `${cause}: driver and firmware of its physical function do not support it`,
    'Leave the property out of the vNIC profile, or update driver and firmware of the card; other physical functions are chosen for such vNICs from now on.',
  );
}

function told(code: string, cause: string, remedy: string): ChangeFailure {
  return { code, cause, remedy };
}
