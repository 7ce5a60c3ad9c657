import { answers, type Bus } from '@vfleet/bus/bus';
import type { MessageContext } from '@vfleet/contracts/envelope';
import { GetHost, HostChanged } from '@vfleet/contracts/inventory';
import {
  AttachClaims,
  ClaimsChanged,
  ClaimVfs,
  FindClaims,
  HostLost,
  ReleaseClaims,
} from '@vfleet/contracts/inventory-claims';
import { ReadHostFacts } from '@vfleet/contracts/inventory-facts';
import { type RefusalCode, refusal } from '@vfleet/contracts/refusals';
import type { Claim } from '@vfleet/contracts/vocabulary/claim';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { HostFacts } from '../core/host-facts.ts';
import type { Machines } from './machines.ts';

type Ledger = {
  facts: HostFacts;
  version: number;
  fence: number;
  floor: number;
  claims: Map<string, Claim>;
  released: Set<string>;
};

/**
 * Inventory as far as placements see it: one ledger per host that judges claims, and cleans VFs as soon as the machine
 * lets go of them, unless `cleans` is false for its host.
 */
export function standInLedgers({ machines, clock }: { machines: Machines; clock: Clock }) {
  const ledgers = new Map<string, Ledger>();
  const dirty = new Set<string>();
  const holdsUp = new Set<string>();
  const refuses: { code: RefusalCode; times: number }[] = [];
  let bus: Bus | undefined;
  let messages = 0;

  function context(): MessageContext {
    const id = `inventory-${++messages}`;
    const actor = { kind: 'service' as const, name: 'inventory' };
    return { id, correlationId: id, actor, sentAt: isoNow(clock) };
  }

  function changed(hostId: string, ledger: Ledger, placementIds: string[]): void {
    ledger.version++;
    void bus?.publish(HostChanged, { hostId, change: 'claims', nics: [] }, context());
    if (placementIds.length > 0) void bus?.publish(ClaimsChanged, { hostId, placementIds }, context());
  }

  /** Cleans what no domain holds; what it cannot prove clean is dirty. */
  function clean(hostId: string): void {
    const ledger = ledgers.get(hostId);
    if (!ledger || holdsUp.has(hostId)) return;
    const done = [...ledger.claims.values()].filter(
      ({ state, pciAddress }) => state === 'releasing' && !machines.holderOf(hostId, pciAddress),
    );
    for (const claim of done) {
      if (dirty.has(claim.pciAddress)) ledger.claims.set(claim.claimId, { ...claim, state: 'dirty' });
      else ledger.claims.delete(claim.claimId);
    }
    if (done.length > 0) changed(hostId, ledger, [...new Set(done.map(({ placementId }) => placementId))]);
  }

  function factsOf({ facts, version, claims }: Ledger) {
    const taken = new Set([...claims.values()].map(({ pciAddress }) => pciAddress));
    const pfs = facts.pfs.map((pf) => ({
      ...pf,
      allowed:
        pf.allowed === 'all' ? pf.allowed : { networkIds: [...pf.allowed.networkIds], labels: [...pf.allowed.labels] },
      unsupported: [...pf.unsupported],
      blocked: [...pf.blocked],
      notFree: [...pf.notFree],
      freeVfs: pf.freeVfs.filter((address) => !taken.has(address)),
    }));
    const { networkIds, labels } = facts.attached;
    return { ...facts, version, attached: { networkIds: [...networkIds], labels: [...labels] }, pfs };
  }

  const bindings = [
    answers(ReadHostFacts, async ({ payload: { ids } }) => ({
      ok: true,
      reply: { items: (ids ?? [...ledgers.keys()].sort()).flatMap((id) => read(id)), next: null },
    })),
    answers(GetHost, async ({ payload: { host: ref } }) => {
      const ledger = ledgers.get(ref) ?? [...ledgers.values()].find(({ facts }) => facts.name === ref);
      if (!ledger) return refused('HOST_NOT_EXIST');
      const { id, name, status, clusterId } = ledger.facts;
      const seen = { status_since: null, agent: { version: null, last_seen: null }, iommu: true };
      const counts = {
        pfs: 0,
        vfs: 0,
        vfs_in_use: 0,
        free_vfs: 0,
        last_report_error: null,
        orphans: [],
        problems: [],
        unhealthy_pfs: 0,
        differences: [],
      };
      const resource = { id, name, status, cluster: { id: clusterId, name: clusterId }, ...seen, ...counts };
      return { ok: true, reply: { resource, version: ledger.version } };
    }),
    answers(ClaimVfs, async ({ payload: { hostId, placementId, vm, claims } }) => {
      const ledger = ledgers.get(hostId);
      if (!ledger) return refused('HOST_NOT_EXIST');
      const refuse = refuses.find(({ times }) => times > 0);
      if (refuse) {
        refuse.times--;
        return refused(refuse.code);
      }
      if (claims.every(({ claimId }) => ledger.claims.has(claimId))) return reply(ledger, claims);
      if (claims.some(({ claimId }) => ledger.released.has(claimId))) return refused('CLAIM_WAS_RELEASED');
      if (ledger.facts.status !== 'up') return refused('HOST_NOT_UP');
      const pfs = ledger.facts.pfs;
      const taken = new Set([...ledger.claims.values()].map(({ pciAddress }) => pciAddress));
      if (claims.some(({ pciAddress }) => taken.has(pciAddress))) return refused('VF_NOT_FREE');
      for (const { claimId, pciAddress, vnic } of claims) {
        const pf = pfs.find(({ freeVfs }) => freeVfs.includes(pciAddress));
        if (!pf) return refused('VF_NOT_EXIST');
        const vf = { name: pciAddress, pf: { id: pf.id, name: pf.name } };
        const since = isoNow(clock);
        const made = {
          claimId,
          pciAddress,
          fence: ++ledger.fence,
          placementId,
          vm,
          vnic,
          vf,
          state: 'reserved' as const,
        };
        ledger.claims.set(claimId, { ...made, since });
      }
      changed(hostId, ledger, [placementId]);
      return reply(ledger, claims);
    }),
    answers(AttachClaims, async ({ payload: { hostId, placementId, claimIds } }) => {
      const ledger = ledgers.get(hostId);
      if (!ledger) return refused('HOST_NOT_EXIST');
      const claims = claimIds.flatMap((id) => ledger.claims.get(id) ?? []);
      if (claims.length < claimIds.length || claims.some(({ state }) => state === 'releasing' || state === 'dirty')) {
        return refused('CLAIM_WAS_RELEASED');
      }
      for (const claim of claims) ledger.claims.set(claim.claimId, { ...claim, state: 'attached' });
      changed(hostId, ledger, [placementId]);
      return {
        ok: true,
        reply: { claims: [...ledger.claims.values()].filter((claim) => claim.placementId === placementId) },
      };
    }),
    answers(ReleaseClaims, async ({ payload: { hostId, placementId, claimIds } }) => {
      const ledger = ledgers.get(hostId);
      if (!ledger) return refused('HOST_NOT_EXIST');
      let isNews = false;
      for (const id of claimIds) {
        const claim = ledger.claims.get(id);
        ledger.released.add(id);
        if (!claim || claim.state === 'releasing' || claim.state === 'dirty') continue;
        ledger.claims.set(id, { ...claim, state: 'releasing' });
        isNews = true;
      }
      if (isNews) changed(hostId, ledger, [placementId]);
      const left = claimIds.flatMap((id) => ledger.claims.get(id) ?? []);
      if (left.some(({ state }) => state === 'releasing')) setImmediate(() => clean(hostId));
      return { ok: true, reply: { claims: left } };
    }),
    answers(FindClaims, async ({ payload: { placementId } }) => ({
      ok: true,
      reply: {
        claims: [...ledgers].flatMap(([hostId, { claims }]) =>
          [...claims.values()]
            .filter((claim) => claim.placementId === placementId)
            .map((claim) => ({ ...claim, hostId })),
        ),
      },
    })),
  ];

  function read(id: string) {
    const ledger = ledgers.get(id);
    return ledger ? [factsOf(ledger)] : [];
  }

  return {
    ledgers,
    clean,
    /** The next so many claims are refused with this code. */
    refuseClaims: (code: RefusalCode, times = 1) => void refuses.push({ code, times }),
    /** VFs that are never proved clean. */
    dirty,
    /** While it is held up, a host cleans nothing. */
    holdUp: (hostId: string) => void holdsUp.add(hostId),
    letGo: (hostId: string) => {
      holdsUp.delete(hostId);
      clean(hostId);
    },
    claims: () => [...ledgers.values()].flatMap(({ claims }) => [...claims.values()]),
    put(facts: HostFacts): void {
      const known = ledgers.get(facts.id);
      const fresh = { version: 0, fence: 0, floor: 0, claims: new Map<string, Claim>(), released: new Set<string>() };
      const ledger: Ledger = { ...(known ?? fresh), facts };
      ledgers.set(facts.id, ledger);
      changed(facts.id, ledger, []);
    },
    /** The administrator says that a host is powered off. */
    async confirmLost(hostId: string): Promise<void> {
      const ledger = ledgers.get(hostId);
      if (!ledger) throw new Error(`no host ${hostId}`);
      ledger.floor = ledger.fence;
      const placementIds = [...new Set([...ledger.claims.values()].map(({ placementId }) => placementId))];
      for (const id of ledger.claims.keys()) ledger.released.add(id);
      ledger.claims.clear();
      changed(hostId, ledger, placementIds);
      await bus?.publish(HostLost, { hostId, fenceFloor: ledger.floor }, context());
    },
    async startOn(next: Bus): Promise<void> {
      bus = next;
      await next.serve('inventory', bindings);
    },
  };
}

function reply({ claims, version }: Ledger, wanted: readonly { claimId: string }[]) {
  const made = wanted.flatMap(({ claimId }) => claims.get(claimId) ?? []);
  return { ok: true as const, reply: { claims: made, ledgerVersion: version } };
}

function refused(code: RefusalCode) {
  return { ok: false as const, refusals: [refusal(code, `The stand-in refuses: ${code}.`)] };
}
