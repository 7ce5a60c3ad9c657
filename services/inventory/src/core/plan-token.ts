import { lastSettlement } from '@vfleet/contracts/desired-state';
import type { KnownNetworks } from './known-networks.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { vfEvidence } from './vf-evidence.ts';
import { vfUses } from './vf-use.ts';

/** As much of a hash tells one state of the world from another. */
const COUNTED = 12;

/** What of a VfsConfig is wanted; `planToken` is that of the plan it follows. */
type Wanted = {
  numOfVfs?: number | undefined;
  mtu?: number | null | undefined;
  allNetworksAllowed?: boolean | undefined;
  planToken?: string | undefined;
};

/** All that a plan rests on. `hash` makes a short text of a long one, of A-Z, a-z, 0-9, - and _, equal for equal texts. */
export type PlannedOn = {
  ledger: Ledger;
  config: LedgerVfsConfig;
  wanted: Wanted;
  known: KnownNetworks;
  hash: (text: string) => string;
};

/** A part of the world that a plan rests on, and what is said when it has moved. */
type Part = { moved: string; of: (on: PlannedOn) => unknown };

const PARTS: readonly Part[] = [
  {
    moved: 'something else was asked for: the plan is for another change',
    of: ({ ledger: { id }, config, wanted: { numOfVfs = null, mtu = 'as it is', allNetworksAllowed = null } }) => [
      ...[id, config.id, numOfVfs, mtu, allNetworksAllowed],
    ],
  },
  {
    moved: 'the VfsConfig was changed',
    of: ({ config: { revision, desired, allNetworksAllowed, networkIds, labels } }) => [
      ...[revision, desired.generation, allNetworksAllowed, networkIds, labels],
    ],
  },
  {
    moved: 'a change of the number of virtual functions was settled',
    of: ({ config: { desired } }) => [desired.settled, lastSettlement(desired)?.result ?? null],
  },
  {
    moved: 'the physical function, or which virtual functions it has, was changed',
    of: ({ ledger, config: { id, vfs, maximum, driver, expectNetdevs, missingSince, stuck, nicName } }) => [
      ...[vfs.map(({ pciAddress }) => pciAddress), maximum, driver, expectNetdevs, missingSince, stuck, nicName],
      ledger.nics.filter(({ vfsConfigId }) => vfsConfigId === id).map(({ mtu, maxMtu }) => [mtu, maxMtu]),
    ],
  },
  { moved: 'something took or left its virtual functions', of: whoUses },
  {
    moved: 'the networks were changed',
    of: ({ wanted, known }) =>
      wanted.allNetworksAllowed === undefined
        ? null
        : [...known.all()].map(({ id, version }) => `${id} ${version}`).sort(),
  },
];

/** The token of the world as a plan finds it: equal as long as nothing has moved that the plan rests on. */
export function planToken(on: PlannedOn): string {
  return PARTS.map(({ of }) => on.hash(JSON.stringify(of(on))).slice(0, COUNTED)).join('.');
}

/** What has moved since the plan of the token was made, in words; undefined when nothing has, or no token was given. */
export function whatMoved(on: PlannedOn): string | undefined {
  const { planToken: given } = on.wanted;
  if (given === undefined) return undefined;
  const made = given.split('.');
  const now = planToken(on).split('.');
  if (made.length !== now.length) return 'its token was changed: it is none of a plan';
  const moved = PARTS.filter((_, index) => made[index] !== now[index]).map(({ moved: text }) => text);
  return moved.length === 0 ? undefined : moved.join('; ');
}

function whoUses({ ledger, config }: PlannedOn): unknown {
  const evidenceOf = vfEvidence(ledger);
  const useOf = vfUses(ledger);
  return config.vfs.map((vf) => {
    const { claim } = evidenceOf(vf.pciAddress);
    const { inUse, reasons } = useOf(config, vf);
    const held = claim && [claim.id, claim.fence, claim.state, claim.vm, claim.vnic];
    return [held ?? null, inUse ? reasons.map(({ text }) => text) : []];
  });
}
