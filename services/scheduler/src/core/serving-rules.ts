import { freeRanks, type HostCapacity, inScope, type PfCapacity, type PfShape } from './host-capacity.ts';
import { pciAddressAt } from './pci-rank.ts';
import type { VfWish } from './vf-demand.ts';

/** Why a PF cannot serve a vNIC, for machines: first what it is, then what it has at the moment. */
export type FallAwayCode =
  | 'NETWORK_NOT_ALLOWED'
  | 'MTU_TOO_SMALL'
  | 'VF_PROPERTY_NOT_SUPPORTED'
  | 'NO_VFS'
  | 'PF_CHANGING'
  | 'PF_STUCK'
  | 'PF_DRIFTED'
  | 'PF_UNHEALTHY'
  | 'NO_FREE_VF'
  | 'PINNED_TO_OTHER_HOST'
  | 'PINNED_VF_NOT_FREE';

/** One reason for one PF, for machines and in words. */
export type FallAway = { code: FallAwayCode; text: string };

/** A row: when the PF falls away, and what is told then. */
type Rule<Subject> = {
  code: FallAwayCode;
  broken: (subject: Subject) => boolean;
  detail: (subject: Subject) => string;
};
type OfShape = { shape: PfShape; wish: VfWish };
type OfHost = OfShape & { host: HostCapacity; index: number; pf: PfCapacity };

/** Which PFs can serve a vNIC (docs/domain.md, Scheduling), whatever is free on them. */
const SHAPE_RULES: readonly Rule<OfShape>[] = [
  {
    code: 'NETWORK_NOT_ALLOWED',
    broken: ({ shape: { scope }, wish }) => scope !== null && !inScope(scope, wish.network),
    detail: ({ wish }) => `network ${wish.network.name} is not allowed on it`,
  },
  {
    code: 'MTU_TOO_SMALL',
    broken: ({ shape: { mtu }, wish }) => mtu === null || mtu < wish.network.mtu,
    detail: ({ shape: { mtu }, wish: { network } }) =>
      `its MTU is ${mtu ?? 'not known'}; network ${network.name} needs ${network.mtu}`,
  },
  {
    code: 'VF_PROPERTY_NOT_SUPPORTED',
    broken: (subject) => missingProperties(subject).length > 0,
    detail: (subject) => `its driver does not support ${missingProperties(subject).join(', ')}`,
  },
];

/** What keeps a PF from giving a VF to a vNIC at the moment. */
const STOCK_RULES: readonly Rule<OfHost>[] = [
  { code: 'NO_VFS', broken: ({ pf }) => pf.vfs === 0, detail: () => 'it has no virtual functions' },
  ...(['PF_CHANGING', 'PF_STUCK', 'PF_DRIFTED', 'PF_UNHEALTHY'] as const).map((code) => ({
    code,
    broken: ({ pf }: OfHost) => pf.blocked.some((block) => block.code === code),
    detail: ({ pf }: OfHost) => `${pf.blocked.find((block) => block.code === code)?.text}`,
  })),
  {
    code: 'NO_FREE_VF',
    broken: ({ pf }) => pf.vfs > 0 && pf.blocked.length === 0 && pf.free === 0,
    detail: ({ pf }) => {
      const reasons = pf.notFree.map(({ code, vfs }) => `${vfs} ${code}`).join(', ');
      return `none of its ${pf.vfs} virtual functions is free${reasons && ` (${reasons})`}`;
    },
  },
  {
    code: 'PINNED_TO_OTHER_HOST',
    broken: ({ host, wish: { pin } }) => pin !== null && pin.hostId !== host.id,
    detail: () => 'the vNIC is pinned to a virtual function of another host',
  },
  {
    code: 'PINNED_VF_NOT_FREE',
    broken: ({ host, index, wish: { pin } }) =>
      pin !== null && pin.hostId === host.id && !freeRanks(host, index).includes(pin.pciRank),
    detail: ({ wish: { pin } }) =>
      `the vNIC is pinned to ${pin && pciAddressAt(pin.pciRank)}, which is not among its free virtual functions`,
  },
];

const ALL_RULES: readonly Rule<OfHost>[] = [...SHAPE_RULES, ...STOCK_RULES];

/** Whether a PF of this shape can serve the vNIC with a VF that is free. */
export function shapeServes(shape: PfShape, wish: VfWish): boolean {
  return !SHAPE_RULES.some(({ broken }) => broken({ shape, wish }));
}

/** Every reason why a PF (by index) of the host cannot serve the vNIC; none when it can. */
export function fallAways(host: HostCapacity, index: number, wish: VfWish): FallAway[] {
  return brokenRules(host, index, wish, (rule, subject) => ({ code: rule.code, text: rule.detail(subject) }));
}

/** The codes of these reasons, without the words. */
export function fallAwayCodes(host: HostCapacity, index: number, wish: VfWish): FallAwayCode[] {
  return brokenRules(host, index, wish, ({ code }) => code);
}

function brokenRules<Told>(
  host: HostCapacity,
  index: number,
  wish: VfWish,
  tell: (rule: Rule<OfHost>, subject: OfHost) => Told,
): Told[] {
  const pf = host.pfs[index] as PfCapacity;
  const subject = { host, index, pf, wish, shape: host.shape.pfs[index] as PfShape };
  return ALL_RULES.filter(({ broken }) => broken(subject)).map((rule) => tell(rule, subject));
}

function missingProperties({ shape, wish }: OfShape): string[] {
  return wish.properties.filter((property) => shape.unsupported.includes(property));
}
