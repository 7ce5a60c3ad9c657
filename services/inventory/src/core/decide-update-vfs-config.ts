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
import { vfUses } from './vf-use.ts';

type Wanted = Omit<z.infer<typeof UpdateVfsConfig.request>, 'host'>;
type Subject = {
  ledger: Ledger;
  nic: LedgerNic;
  config: LedgerVfsConfig;
  wanted: Wanted;
  numOfVfs: number | undefined;
};

/** What an update comes to: nothing to do, a change of the ledger alone, or a new generation for the host. */
export type UpdateDecision =
  | { ok: false; refusals: Refusal[] }
  | { ok: true; ledger: Ledger; config: LedgerVfsConfig; change: 'none' | 'ledger' | 'generation' };

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

/**
 * Decides an update of a VfsConfig against the ledger. Pure: an accepted one names the whole new ledger. Networks that
 * are gone leave its list on the occasion.
 */
export function decideUpdateVfsConfig(ledger: Ledger, wanted: Wanted, known: KnownNetworks): UpdateDecision {
  const found = findVfsConfig(ledger, wanted);
  if (!found.ok) return found;
  const subject = { ledger, nic: found.nic, config: found.config, wanted, numOfVfs: wanted.numOfVfs };
  const refusals = brokenRules(RULES, subject);
  if (refusals.length > 0) return { ok: false, refusals };

  if (wanted.numOfVfs !== undefined && !isInForce(found.config, wanted.numOfVfs)) {
    const desired = wantNext(found.config.desired, {
      numOfVfs: wanted.numOfVfs,
      allNetworksAllowed: wanted.allNetworksAllowed ?? null,
    });
    return accept(ledger, { ...found.config, desired, progress: null }, { change: 'generation', known });
  }
  if (wanted.allNetworksAllowed === undefined) return { ok: true, ledger, config: found.config, change: 'none' };
  const config = allowAllNetworks(dropWaitingFlag(found.config), wanted.allNetworksAllowed);
  return accept(ledger, config, { change: 'ledger', known });
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

function accept(
  ledger: Ledger,
  wanted: LedgerVfsConfig,
  { change, known }: { change: 'ledger' | 'generation'; known: KnownNetworks },
): UpdateDecision {
  const networkIds = withoutGone(wanted.networkIds, known);
  const config = { ...wanted, networkIds, revision: wanted.revision + 1 };
  return { ok: true, ledger: withVfsConfig(ledger, config), config, change };
}
