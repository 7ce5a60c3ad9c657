import { isOpen } from '@vfleet/contracts/desired-state';
import type { Refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { Ledger } from './ledger.ts';

type Wanted = { name?: string | undefined; cluster?: string | undefined; ifVersion?: number | undefined };
type Subject = { ledger: Ledger; wanted: Wanted; clusterId: string | undefined };

const UPDATE_RULES: Rule<Subject>[] = [
  {
    code: 'PRECONDITION_FAILED',
    detail: ({ ledger, wanted: { ifVersion } }) => otherVersion(ledger, ifVersion),
  },
  {
    code: 'CLUSTER_NOT_EXIST',
    detail: ({ wanted: { cluster }, clusterId }) =>
      cluster === undefined || clusterId !== undefined ? undefined : noSuchCluster(cluster),
  },
  {
    code: 'HOST_HAS_VFS_IN_USE',
    detail: (subject) => (isMove(subject) ? vfsInUse(subject.ledger) : undefined),
    remedy: 'Stop or migrate the virtual machines that hold them, then move the host.',
  },
  {
    code: 'HOST_RUNS_VMS',
    detail: (subject) => (isMove(subject) ? vmsWithoutVfs(subject.ledger) : undefined),
  },
];

/**
 * A change of the host itself; `ledger` is undefined when it is so already. `clusterId` is the cluster that the wanted
 * reference names now. A host whose VFs are claimed stays in its cluster: their VMs run there.
 */
export function decideUpdateHost(
  ledger: Ledger,
  wanted: Wanted,
  clusterId: string | undefined,
): { ok: true; ledger: Ledger | undefined } | { ok: false; refusals: Refusal[] } {
  const subject = { ledger, wanted, clusterId };
  const refusals = brokenRules(UPDATE_RULES, subject);
  if (refusals.length > 0) return { ok: false, refusals };
  const name = wanted.name ?? ledger.name;
  if (!isMove(subject) && name === ledger.name) return { ok: true, ledger: undefined };
  const changed = { name, clusterId: clusterId ?? ledger.clusterId, revision: ledger.revision + 1 };
  return { ok: true, ledger: { ...ledger, ...changed } };
}

export function noSuchCluster(ref: string): string {
  return `No cluster has the id or the name ${ref}.`;
}

const REMOVAL_RULES: Rule<{ ledger: Ledger; ifVersion: number | undefined }>[] = [
  {
    code: 'PRECONDITION_FAILED',
    detail: ({ ledger, ifVersion }) => otherVersion(ledger, ifVersion),
  },
  {
    code: 'HOST_HAS_VFS_IN_USE',
    detail: ({ ledger }) => vfsInUse(ledger),
    remedy:
      'Stop or migrate the virtual machines that hold them, then remove the host. When it is gone for good, confirm that it is powered off.',
  },
  {
    code: 'HOST_RUNS_VMS',
    detail: ({ ledger }) => vmsWithoutVfs(ledger),
  },
  {
    code: 'HOST_IS_CHANGING',
    detail: ({ ledger: { name, vfsConfigs, connection } }) => {
      const changing = connection.status === 'up' ? vfsConfigs.filter(({ desired }) => isOpen(desired)) : [];
      return changing.length === 0
        ? undefined
        : `Host ${name} has not settled the change of ${changing.map(({ nicName }) => nicName).join(', ')}.`;
    },
  },
];

/**
 * Every reason not to remove a host: a claim that lives on it, a change under way, another version. A host that is down
 * may be gone for good, so a change it never settled does not keep it.
 */
export function removalRefusals(ledger: Ledger, ifVersion: number | undefined): Refusal[] {
  return brokenRules(REMOVAL_RULES, { ledger, ifVersion });
}

/** Which VFs are claimed, for whom, and how far each claim is: one that is released goes when its VF is clean. */
export function claimsInWords(claims: Ledger['claims']): string {
  return claims
    .map(({ vm, vnic, pciAddress, state }) => `${pciAddress} by virtual machine ${vm.name}, ${vnic.name} (${state})`)
    .join('; ');
}

function isMove({ ledger, clusterId }: Subject): boolean {
  return clusterId !== undefined && clusterId !== ledger.clusterId;
}

function vfsInUse({ name, claims }: Ledger): string | undefined {
  return claims.length === 0 ? undefined : `Host ${name} has virtual functions claimed: ${claimsInWords(claims)}.`;
}

/** VMs that hold a VF have claims, which are told of by themselves. */
function vmsWithoutVfs({ name, domains }: Ledger): string | undefined {
  const running = (domains?.domains ?? []).filter(({ vmId, vfs }) => vmId !== null && vfs.length === 0);
  return running.length === 0
    ? undefined
    : `On host ${name} virtual machines run without virtual functions: ${running.map((domain) => domain.name).join(', ')}.`;
}

function otherVersion({ name, revision }: Ledger, ifVersion: number | undefined): string | undefined {
  return ifVersion === undefined || ifVersion === revision
    ? undefined
    : `Host ${name} is at version ${revision}; the change was made for version ${ifVersion}.`;
}
