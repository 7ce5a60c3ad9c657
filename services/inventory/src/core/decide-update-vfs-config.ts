import { wantNext } from '@vfleet/contracts/desired-state';
import type { UpdateVfsConfig } from '@vfleet/contracts/inventory';
import type { Refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import { LEAST_MTU, mostMtu } from '@vfleet/contracts/vocabulary/pf-mtu';
import type { z } from 'zod';
import { claimsInWords } from './decide-host.ts';
import { findVfsConfig } from './find-nic.ts';
import { type KnownNetworks, withoutGone } from './known-networks.ts';
import type { Ledger, LedgerNic, LedgerVfsConfig } from './ledger.ts';
import { withVfsConfig } from './ledger-change.ts';
import { type FoundPf, isInForce, type Target, takesMtu, targetOf } from './pf-target.ts';
import { whatMoved } from './plan-token.ts';
import { vfUses } from './vf-use.ts';

/**
 * What somebody wants of a VfsConfig; `planToken` says in which world the plan was made that it follows. With
 * `onlyIfExisting` the host refuses it unless that many VFs exist there.
 */
export type WantedUpdate = Omit<z.infer<typeof UpdateVfsConfig.request>, 'host'> & { onlyIfExisting?: number };
type Subject = {
  ledger: Ledger;
  nic: LedgerNic;
  config: LedgerVfsConfig;
  wanted: WantedUpdate;
  /** What the host would be asked for; null when nothing is asked of it. */
  target: Target | null;
  /** What has moved since the plan that the update follows was made. */
  moved: string | undefined;
};

/** What an update comes to: nothing to do, a change of the ledger alone, or a new generation for the host. */
export type UpdateDecision = { ok: false; refusals: Refusal[] } | ({ ok: true; ledger: Ledger } & VfsConfigUpdate);

/**
 * Every rule of an update, all evaluated, all violations told (docs/domain.md, VfsConfig). A rule about what the host
 * is asked for does not apply when nothing is.
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
    detail: ({ nic, config, target }) =>
      target === null || (target.numOfVfs >= 0 && target.numOfVfs <= config.maximum)
        ? undefined
        : `${nic.name} can have 0 - ${config.maximum} virtual functions; ${target.numOfVfs} were asked for.`,
  },
  {
    code: 'ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE',
    detail: ({ nic, target }) =>
      target === null || target.mtu === null || takesMtu(nic, target.mtu)
        ? undefined
        : `${nic.name} takes an MTU of ${LEAST_MTU} - ${mostMtu(nic.maxMtu)}; ${target.mtu} was asked for.`,
  },
  {
    code: 'PF_MISSING',
    detail: ({ ledger, config, target }) =>
      target === null || config.missingSince === null
        ? undefined
        : `${config.nicName} (${config.pciAddress}) is missing from host ${ledger.name} since ${config.missingSince}.`,
  },
  {
    code: 'PF_STUCK',
    detail: ({ config, target }) =>
      target === null || config.stuck === null
        ? undefined
        : `${config.nicName} is stuck since ${config.stuck.since} in its change from ${config.stuck.from} to ${config.stuck.to} virtual functions: ${config.stuck.holder}`,
  },
  {
    code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
    detail: ({ ledger, nic, config, target }) =>
      target === null || target.numOfVfs === config.vfs.length ? undefined : inUseInWords(ledger, nic, config),
  },
  {
    code: 'ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED',
    detail: ({ ledger, nic, config, target }) =>
      target?.mtuToSet == null ? undefined : inUseInWords(ledger, nic, config),
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
  const target = targetOf(found, wanted);
  const refusals = brokenRules(RULES, { ledger, nic, config, wanted, target, moved });
  if (refusals.length > 0) return { ok: false, refusals };
  const update = updateOf(found, wanted, known);
  return { ok: true, ...update, ledger: update.change === 'none' ? ledger : withVfsConfig(ledger, update.config) };
}

/** A change of the flag that is no change leaves the VfsConfig as it is, its ETag included. */
export function updateOf(pf: FoundPf, wanted: WantedUpdate, known: KnownNetworks): VfsConfigUpdate {
  const { config } = pf;
  const { allNetworksAllowed, onlyIfExisting } = wanted;
  const target = targetOf(pf, wanted);
  if (target !== null && !isInForce(config, target)) {
    const { numOfVfs, mtu } = target;
    const desired = wantNext(config.desired, {
      ...{ numOfVfs, mtu, allNetworksAllowed: allNetworksAllowed ?? null },
      ...(onlyIfExisting === undefined ? {} : { onlyIfExisting }),
    });
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

/** What holds VFs of a PF, in words; undefined when nothing does. */
function inUseInWords(ledger: Ledger, nic: LedgerNic, config: LedgerVfsConfig): string | undefined {
  const useOf = vfUses(ledger);
  const inUse = config.vfs
    .map((vf) => ({ vf, use: useOf(config, vf) }))
    .filter(({ use }) => use.inUse)
    .map(({ vf, use }) => `${vf.nic?.name ?? vf.pciAddress} ${use.reasons.map(({ text }) => text).join(', ')}`);
  const held = [...inUse, ...claimedAndVanished(ledger, config)];
  return held.length === 0 ? undefined : `Virtual functions of ${nic.name} are in use: ${held.join('; ')}.`;
}

/** A VF that vanished from its host keeps its claim: a new one at its address is not free before the claim is gone. */
function claimedAndVanished({ claims }: Ledger, { id, vfs }: LedgerVfsConfig): string[] {
  const shown = new Set(vfs.map(({ pciAddress }) => pciAddress));
  const vanished = claims.filter(({ vfsConfigId, pciAddress }) => vfsConfigId === id && !shown.has(pciAddress));
  return vanished.length === 0 ? [] : [`not shown by the host: ${claimsInWords(vanished)}`];
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
