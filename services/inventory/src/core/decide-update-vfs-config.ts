import { lastSettlement, wantNext } from '@vfleet/contracts/desired-state';
import type { UpdateVfsConfig } from '@vfleet/contracts/inventory';
import type { Refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { z } from 'zod';
import { claimsInWords } from './decide-host.ts';
import { findVfsConfig } from './find-nic.ts';
import { type KnownNetworks, withoutGone } from './known-networks.ts';
import type { Ledger, LedgerNic, LedgerVfsConfig } from './ledger.ts';
import { withVfsConfig } from './ledger-change.ts';
import { whatMoved } from './plan-token.ts';
import { vfUses } from './vf-use.ts';

/** What somebody wants of a VfsConfig; `planToken` says in which world the plan was made that it follows. */
export type WantedUpdate = Omit<z.infer<typeof UpdateVfsConfig.request>, 'host'>;
type Subject = {
  ledger: Ledger;
  nic: LedgerNic;
  config: LedgerVfsConfig;
  wanted: WantedUpdate;
  numOfVfs: number | undefined;
  /** What has moved since the plan that the update follows was made. */
  moved: string | undefined;
};

/** What an update comes to: nothing to do, a change of the ledger alone, or a new generation for the host. */
export type UpdateDecision = { ok: false; refusals: Refusal[] } | ({ ok: true; ledger: Ledger } & VfsConfigUpdate);

/**
 * Every rule of an update, all evaluated, all violations told (docs/domain.md, VfsConfig). A rule about the number
 * does not apply when none was asked for.
 */
const RULES: Rule<Subject>[] = [
  {
    code: 'PRECONDITION_FAILED',
    detail: ({ nic, config, wanted: { ifVersion } }) =>
      ifVersion === undefined || ifVersion === config.revision
        ? undefined
        : `The VfsConfig of ${nic.name} is at version ${config.revision}; the change was made for version ${ifVersion}.`,
  },
  {
    code: 'PLAN_IS_OUTDATED',
    detail: ({ nic, moved }) => moved && `Since the plan for ${nic.name} was made ${moved}.`,
  },
  {
    code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
    detail: ({ nic, config, numOfVfs }) =>
      numOfVfs === undefined || (numOfVfs >= 0 && numOfVfs <= config.maximum)
        ? undefined
        : `${nic.name} can have 0 - ${config.maximum} virtual functions; ${numOfVfs} were asked for.`,
  },
  {
    code: 'PF_MISSING',
    detail: ({ ledger, config, numOfVfs }) =>
      numOfVfs === undefined || config.missingSince === null
        ? undefined
        : `${config.nicName} (${config.pciAddress}) is missing from host ${ledger.name} since ${config.missingSince}.`,
  },
  {
    code: 'PF_STUCK',
    detail: ({ config, numOfVfs }) =>
      numOfVfs === undefined || config.stuck === null
        ? undefined
        : `${config.nicName} is stuck since ${config.stuck.since} in its change from ${config.stuck.from} to ${config.stuck.to} virtual functions: ${config.stuck.holder}`,
  },
  {
    code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
    detail: ({ ledger, nic, config, numOfVfs }) => {
      if (numOfVfs === undefined || numOfVfs === config.vfs.length) return undefined;
      const useOf = vfUses(ledger);
      const inUse = config.vfs
        .map((vf) => ({ vf, use: useOf(config, vf) }))
        .filter(({ use }) => use.inUse)
        .map(({ vf, use }) => `${vf.nic?.name ?? vf.pciAddress} ${use.reasons.map(({ text }) => text).join(', ')}`);
      const held = [...inUse, ...claimedAndVanished(ledger, config)];
      return held.length === 0 ? undefined : `Virtual functions of ${nic.name} are in use: ${held.join('; ')}.`;
    },
  },
];

/** What an update makes of a VfsConfig, whatever rule it breaks; `change` tells what of it is new. */
export type VfsConfigUpdate = { config: LedgerVfsConfig; change: 'none' | 'ledger' | 'generation' };

/**
 * Decides an update of a VfsConfig against the ledger. Pure: an accepted one names the whole new ledger. Networks that
 * are gone leave its list on the occasion.
 */
export function decideUpdateVfsConfig(
  ledger: Ledger,
  wanted: WantedUpdate,
  { known, hash }: { known: KnownNetworks; hash: (text: string) => string },
): UpdateDecision {
  const found = findVfsConfig(ledger, wanted);
  if (!found.ok) return found;
  const { nic, config } = found;
  const moved = whatMoved({ ledger, config, wanted, known, hash });
  const refusals = brokenRules(RULES, { ledger, nic, config, wanted, numOfVfs: wanted.numOfVfs, moved });
  if (refusals.length > 0) return { ok: false, refusals };
  const update = updateOf(config, wanted, known);
  return { ok: true, ...update, ledger: update.change === 'none' ? ledger : withVfsConfig(ledger, update.config) };
}

/** A change of the flag that is no change leaves the VfsConfig as it is, its ETag included. */
export function updateOf(config: LedgerVfsConfig, wanted: WantedUpdate, known: KnownNetworks): VfsConfigUpdate {
  const { numOfVfs, allNetworksAllowed } = wanted;
  if (numOfVfs !== undefined && !isInForce(config, numOfVfs)) {
    const desired = wantNext(config.desired, { numOfVfs, allNetworksAllowed: allNetworksAllowed ?? null });
    return { config: revised(tidied({ ...config, desired, progress: null }, known)), change: 'generation' };
  }
  if (allNetworksAllowed === undefined) return { config, change: 'none' };
  const allowed = tidied(allowAllNetworks(dropWaitingFlag(config), allNetworksAllowed), known);
  if (JSON.stringify(allowed) === JSON.stringify(config)) return { config, change: 'none' };
  return { config: revised(allowed), change: 'ledger' };
}

/** Setting the flag clears networks and labels (seed); taking it away starts with empty lists. */
export function allowAllNetworks(config: LedgerVfsConfig, allNetworksAllowed: boolean): LedgerVfsConfig {
  return allNetworksAllowed
    ? { ...config, allNetworksAllowed, networkIds: [], labels: [] }
    : { ...config, allNetworksAllowed };
}

/** A VF that vanished from its host keeps its claim: a new one at its address is not free before the claim is gone. */
function claimedAndVanished({ claims }: Ledger, { id, vfs }: LedgerVfsConfig): string[] {
  const shown = new Set(vfs.map(({ pciAddress }) => pciAddress));
  const vanished = claims.filter(({ vfsConfigId, pciAddress }) => vfsConfigId === id && !shown.has(pciAddress));
  return vanished.length === 0 ? [] : [`not shown by the host: ${claimsInWords(vanished)}`];
}

/** Nothing is left to do only when the number is wanted, exists, and its last settlement was applied. */
function isInForce({ desired, vfs }: LedgerVfsConfig, numOfVfs: number): boolean {
  return (
    desired.want?.numOfVfs === numOfVfs && vfs.length === numOfVfs && lastSettlement(desired)?.result === 'applied'
  );
}

/** A flag set by itself wins over an earlier one that still waits with its number. */
function dropWaitingFlag(config: LedgerVfsConfig): LedgerVfsConfig {
  const { want } = config.desired;
  return want === null
    ? config
    : { ...config, desired: { ...config.desired, want: { ...want, allNetworksAllowed: null } } };
}

function tidied(config: LedgerVfsConfig, known: KnownNetworks): LedgerVfsConfig {
  return { ...config, networkIds: withoutGone(config.networkIds, known) };
}

function revised(config: LedgerVfsConfig): LedgerVfsConfig {
  return { ...config, revision: config.revision + 1 };
}
