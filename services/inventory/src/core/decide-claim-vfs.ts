import type { ClaimVfs } from '@vfleet/contracts/inventory-claims';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { z } from 'zod';
import { type ClaimsDecision, claimsNamed } from './claims-decision.ts';
import { allowsNetwork } from './effective-networks.ts';
import { hostStatus } from './host-status.ts';
import type { KnownNetworks } from './known-networks.ts';
import type { Ledger, LedgerClaim, LedgerVf, LedgerVfsConfig } from './ledger.ts';
import { wasReleased } from './released-claims.ts';
import { vfUses } from './vf-use.ts';

type Request = z.infer<typeof ClaimVfs.request>;
type Wanted = Request['claims'][number];

/** A VF that is there, wanted for one vNIC. */
type Found = { wanted: Wanted; config: LedgerVfsConfig; vf: LedgerVf };

/** `wanted` are those claims of the request that are not there; `found` those of them whose VF is. */
type Subject = { ledger: Ledger; request: Request; wanted: readonly Wanted[]; found: Found[]; known: KnownNetworks };

/** Every rule of a claim, all evaluated, all violations told (docs/domain.md, Free VF and Scheduling). */
const RULES: Rule<Subject>[] = [
  {
    code: 'HOST_NOT_UP',
    detail: ({ ledger }) => {
      const { status, since } = hostStatus(ledger);
      return status === 'up' ? undefined : `Host ${ledger.name} is ${statusInWords(status)} since ${since}.`;
    },
  },
  {
    code: 'HOST_OF_OTHER_CLUSTER',
    detail: ({ ledger: { name, clusterId }, request }) =>
      clusterId === request.clusterId
        ? undefined
        : `Host ${name} is of cluster ${clusterId}, virtual machine ${request.vm.name} of cluster ${request.clusterId}.`,
  },
  {
    code: 'VF_NOT_EXIST',
    detail: ({ ledger, wanted, found }) => {
      const there = new Set(found.map(({ vf }) => vf.pciAddress));
      return listed(
        wanted.filter(({ pciAddress }) => !there.has(pciAddress)),
        ({ pciAddress }) => `host ${ledger.name} has no virtual function ${pciAddress}`,
      );
    },
  },
  {
    code: 'VF_NOT_FREE',
    detail: ({ ledger, found }) => {
      const useOf = vfUses(ledger);
      const judged = found.map((wish) => ({ ...wish, use: useOf(wish.config, wish.vf) }));
      return listed(
        judged.filter(({ use }) => !use.free),
        (wish) => `${inWords(ledger, wish)} ${wish.use.reasons.map(({ text }) => text).join(', ')}`,
      );
    },
  },
  {
    code: 'VF_NOT_FREE',
    detail: ({ ledger, found }) =>
      listed(
        found.filter(({ vf }, index) => found.findIndex((other) => other.vf === vf) < index),
        (wish) => `${inWords(ledger, wish)} is wanted for several vNICs at once`,
      ),
    remedy: 'Choose another virtual function for each vNIC.',
  },
  {
    code: 'NETWORK_NOT_ALLOWED_ON_PF',
    detail: ({ ledger, found, known }) =>
      listed(
        found.filter(({ config, wanted: { network } }) => !allowsNetwork(config, network.id, known)),
        ({ wanted, config }) =>
          `network ${networkName(wanted, known)} of ${wanted.vnic.name} is not allowed on ${config.nicName} of host ${ledger.name}`,
      ),
  },
  {
    code: 'NETWORK_NOT_ALLOWED_ON_PF',
    detail: ({ ledger, found, known }) =>
      listed(
        found.filter(({ config, wanted }) => (mtuOf(ledger, config) ?? 0) < (known.get(wanted.network.id)?.mtu ?? 0)),
        ({ wanted, config }) =>
          `the MTU of ${config.nicName} of host ${ledger.name} is ${mtuOf(ledger, config) ?? 'not known'}, network ${networkName(wanted, known)} of ${wanted.vnic.name} needs ${known.get(wanted.network.id)?.mtu}`,
      ),
    remedy: 'Raise the MTU of the physical function, lower that of the network, or choose another one.',
  },
  {
    code: 'NETWORK_IS_STALE',
    detail: ({ wanted, known }) => listed(wanted, (wish) => whyStale(wish, known)),
  },
  {
    code: 'CLAIM_WAS_RELEASED',
    detail: ({ ledger, wanted }) =>
      listed(
        wanted.filter(({ claimId }) => wasReleased(ledger, claimId)),
        ({ claimId, vnic }) => `claim ${claimId} for ${vnic.name} was released`,
      ),
  },
];

/**
 * Decides a claim of VFs, all or none. Those that are there are answered as they are, whatever else has changed since;
 * each of the others gets the next fence. `known` has the networks in the versions that are wanted, or newer.
 */
export function decideClaimVfs(
  ledger: Ledger,
  request: Request,
  { known, now, deadline }: { known: KnownNetworks; now: string; deadline: string },
): ClaimsDecision {
  const there = claimsThere(ledger, request);
  const wanted = request.claims.filter(({ claimId }) => !there.has(claimId));
  if (wanted.length === 0) return { ok: true, ledger: undefined, claims: inOrder(request, there) };

  const found = wanted.flatMap((wish) => findVf(ledger, wish) ?? []);
  const refusals = brokenRules(RULES, { ledger, request, wanted, found, known });
  if (refusals.length > 0) return { ok: false, refusals };

  const { placementId, vm } = request;
  const made = found.map(
    ({ wanted: { claimId, vnic, network }, config, vf }, index): LedgerClaim => ({
      ...{ id: claimId, fence: ledger.fenceCounter + index + 1, vfsConfigId: config.id, pciAddress: vf.pciAddress },
      ...{ placementId, vm, vnic, network, state: 'reserved', since: now, deadline, dirty: null },
    }),
  );
  const next = { ...ledger, claims: [...ledger.claims, ...made], fenceCounter: ledger.fenceCounter + made.length };
  return { ok: true, ledger: next, claims: inOrder(request, new Map([...there, ...byId(made)])) };
}

/** The claims of a request that are there already; the ids of a request are those of different claims. */
export function claimsThere(ledger: Ledger, { placementId, vm, claims }: Request): Map<string, LedgerClaim> {
  const claimIds = claims.map(({ claimId }) => claimId);
  if (new Set(claimIds).size < claimIds.length) throw new Error(`a claim id is wanted twice: ${claimIds.join(', ')}`);
  const there = byId(claimsNamed(ledger, { placementId, claimIds }));
  for (const { claimId, pciAddress, vnic } of claims) {
    const claim = there.get(claimId);
    if (!claim || (claim.pciAddress === pciAddress && claim.vnic.id === vnic.id && claim.vm.id === vm.id)) continue;
    throw new Error(`claim ${claimId} is there for another VF or vNIC`);
  }
  return there;
}

function byId(claims: readonly LedgerClaim[]): Map<string, LedgerClaim> {
  return new Map(claims.map((claim) => [claim.id, claim]));
}

function inOrder({ claims }: Request, known: ReadonlyMap<string, LedgerClaim>): LedgerClaim[] {
  return claims.flatMap(({ claimId }) => known.get(claimId) ?? []);
}

function findVf({ vfsConfigs }: Ledger, wanted: Wanted): Found | undefined {
  for (const config of vfsConfigs) {
    const vf = config.vfs.find(({ pciAddress }) => pciAddress === wanted.pciAddress);
    if (vf) return { wanted, config, vf };
  }
  return undefined;
}

function whyStale({ vnic, network: { id, version } }: Wanted, known: KnownNetworks): string | undefined {
  const network = known.get(id);
  if (network?.version === version) return undefined;
  const now = network ? `is at version ${network.version}` : 'is gone';
  return `network ${network?.name ?? id} ${now}, ${vnic.name} was resolved with its version ${version}`;
}

/** What the host tells of the netdev of a PF; null when it told none. */
function mtuOf({ nics }: Ledger, { id }: LedgerVfsConfig): number | null {
  return nics.find(({ vfsConfigId }) => vfsConfigId === id)?.mtu ?? null;
}

function inWords({ name }: Ledger, { vf: { nic, pciAddress }, config: { nicName } }: Found): string {
  return `virtual function ${nic?.name ?? 'without a netdev'} (${pciAddress}) of ${nicName} of host ${name}`;
}

function networkName({ network: { id } }: Wanted, known: KnownNetworks): string {
  return known.get(id)?.name ?? id;
}

function statusInWords(status: Exclude<ReturnType<typeof hostStatus>['status'], 'up'>): string {
  return status === 'maintenance'
    ? 'in maintenance'
    : status === 'down'
      ? 'down'
      : 'not operational (no hypervisor answers)';
}

/** One sentence about all that break a rule; undefined when none does. */
function listed<Item>(items: readonly Item[], text: (item: Item) => string | undefined): string | undefined {
  const texts = items.flatMap((item) => text(item) ?? []);
  const sentence = texts.join('; ');
  return texts.length === 0 ? undefined : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
