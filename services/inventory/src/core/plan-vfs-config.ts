import type { Refusal } from '@vfleet/contracts/refusals';
import { stepName, vfsChangeSteps } from '@vfleet/contracts/vocabulary/vfs-change';
import type { VfsConfigPlan } from '@vfleet/contracts/vocabulary/vfs-config-plan';
import { allowAllNetworks, decideUpdateVfsConfig, updateOf, type WantedUpdate } from './decide-update-vfs-config.ts';
import { drainOf } from './drain.ts';
import { findVfsConfig } from './find-nic.ts';
import type { KnownNetworks } from './known-networks.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { inNameOrder } from './name-order.ts';
import { networksShift } from './networks-shift.ts';
import { type FoundPf, type Target, takesMtu, targetOf } from './pf-target.ts';
import { planToken } from './plan-token.ts';
import { hostUnreachable } from './refuse-unreachable.ts';
import { estimateSeconds } from './vf-times.ts';

/** A change as somebody thinks of it: not one that follows a plan already. */
type Planned = Pick<WantedUpdate, 'nic' | 'vfsConfig' | 'numOfVfs' | 'mtu' | 'allNetworksAllowed'>;

/**
 * What an update of a VfsConfig would do, changing nothing. Rules it would break now are its conflicts; steps and times
 * are told for when they are resolved, unless no host could ever do it (a number out of range, a missing PF).
 */
export function planVfsConfig(
  ledger: Ledger,
  wanted: Planned,
  { known, hash }: { known: KnownNetworks; hash: (text: string) => string },
): { ok: true; plan: VfsConfigPlan } | { ok: false; refusals: Refusal[] } {
  const found = findVfsConfig(ledger, wanted);
  if (!found.ok) return found;
  const { nic, config } = found;
  const from = config.vfs.length;
  const update = updateOf(found, wanted, known);
  const target = targetOf(found, wanted);
  const to = target?.numOfVfs ?? from;
  const change = target === null || isPossible(found, target) ? update.change : 'none';
  const mtu = change === 'generation' ? (target?.mtuToSet ?? null) : null;
  const { expectNetdevs } = config;
  const steps = change === 'generation' ? vfsChangeSteps({ existing: from, wanted: to, mtu, expectNetdevs }) : [];
  const networks = networksShift(config, networksAfter(update.config, wanted), known);
  return {
    ok: true,
    plan: {
      token: planToken({ ledger, config, wanted, known, hash }),
      changes: change !== 'none',
      from,
      to,
      mtu: mtu === null ? null : { from: nic.mtu, to: mtu },
      vms: vmsOn(ledger, config),
      lost_networks: networks.lost,
      gained_networks: networks.gained,
      drain_steps: change === 'generation' && (to !== from || mtu !== null) ? drainOf(ledger, config) : [],
      steps: steps.map(stepName),
      estimate_seconds:
        change === 'generation' ? estimateSeconds({ driver: config.driver, from, to, setsMtu: mtu !== null }) : 0,
      conflicts: conflictsOf(ledger, wanted, { known, hash, needsHost: change === 'generation' }),
    },
  };
}

/** Whether any host could ever do it: the PF is there, and number and MTU are within what it takes. */
function isPossible({ nic, config }: FoundPf, { numOfVfs, mtuToSet }: Target): boolean {
  const takesNumber = numOfVfs >= 0 && numOfVfs <= config.maximum;
  return config.missingSince === null && takesNumber && (mtuToSet === null || takesMtu(nic, mtuToSet));
}

/** A flag beside a number takes effect when the number is applied. */
function networksAfter(config: LedgerVfsConfig, { allNetworksAllowed }: Planned): LedgerVfsConfig {
  return allNetworksAllowed === undefined ? config : allowAllNetworks(config, allNetworksAllowed);
}

/** The host is asked only when no rule is broken, as an update does. */
function conflictsOf(
  ledger: Ledger,
  wanted: Planned,
  { known, hash, needsHost }: { known: KnownNetworks; hash: (text: string) => string; needsHost: boolean },
): Refusal[] {
  const decision = decideUpdateVfsConfig(ledger, wanted, { known, hash });
  if (!decision.ok) return decision.refusals;
  return needsHost && ledger.connection.status === 'down' ? [hostUnreachable(ledger)] : [];
}

function vmsOn({ claims }: Ledger, config: LedgerVfsConfig): VfsConfigPlan['vms'] {
  const addresses = new Set(config.vfs.map(({ pciAddress }) => pciAddress));
  const held = claims.filter((claim) => claim.vfsConfigId === config.id || addresses.has(claim.pciAddress));
  const byVm = Map.groupBy(held, ({ vm }) => vm.id);
  const vms = [...byVm].map(([id, ofVm]) => ({
    id,
    name: ofVm[0]?.vm.name ?? id,
    vnics: inNameOrder(ofVm.map(({ vnic }) => vnic)),
    state: [...new Set(ofVm.map(({ state }) => state))].sort().join(', '),
  }));
  return inNameOrder(vms);
}
