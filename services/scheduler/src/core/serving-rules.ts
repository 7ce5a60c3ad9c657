import { freeRanks, type HostCapacity, inScope, type PfCapacity, type PfShape } from './host-capacity.ts';
import { pciAddressAt } from './pci-rank.ts';
import type { VfWish } from './vf-demand.ts';

/** Why a PF cannot serve a vNIC: the first block are rules of its shape, the second of what it has at the moment. */
export type FallAwayCode =
  | 'NETWORK_NOT_ALLOWED'
  | 'MTU_TOO_SMALL'
  | 'VF_PROPERTY_NOT_SUPPORTED'
  | 'NO_VFS'
  | 'PF_CHANGING'
  | 'PF_STUCK'
  | 'PF_UNHEALTHY'
  | 'NO_FREE_VF'
  | 'PINNED_TO_OTHER_HOST'
  | 'PINNED_VF_NOT_FREE';

/** One reason for one PF, for machines and in words. */
export type FallAway = { code: FallAwayCode; text: string };

type ShapeRule = { code: FallAwayCode; detail: (shape: PfShape, wish: VfWish) => string | undefined };
type StockRule = { code: FallAwayCode; detail: (stock: Stock) => string | undefined };
type Stock = { host: HostCapacity; index: number; pf: PfCapacity; wish: VfWish };

/** Which PFs can serve a vNIC (docs/domain.md, Scheduling), its free VFs apart. Order is that of the telling. */
const SHAPE_RULES: readonly ShapeRule[] = [
  {
    code: 'NETWORK_NOT_ALLOWED',
    detail: ({ scope }, { network }) =>
      scope === null || inScope(scope, network) ? undefined : `network ${network.name} is not allowed on it`,
  },
  {
    code: 'MTU_TOO_SMALL',
    detail: ({ mtu }, { network }) => {
      if (mtu === null) return `its MTU is not known; network ${network.name} needs ${network.mtu}`;
      return mtu >= network.mtu ? undefined : `its MTU is ${mtu}; network ${network.name} needs ${network.mtu}`;
    },
  },
  {
    code: 'VF_PROPERTY_NOT_SUPPORTED',
    detail: ({ unsupported }, { properties }) => {
      const missing = properties.filter((property) => unsupported.includes(property));
      return missing.length === 0 ? undefined : `its driver does not support ${missing.join(', ')}`;
    },
  },
];

const STOCK_RULES: readonly StockRule[] = [
  { code: 'NO_VFS', detail: ({ pf }) => (pf.vfs === 0 ? 'it has no virtual functions' : undefined) },
  ...(['PF_CHANGING', 'PF_STUCK', 'PF_UNHEALTHY'] as const).map((code) => ({
    code,
    detail: ({ pf }: Stock) => pf.blocked.find((reason) => reason.code === code)?.text,
  })),
  {
    code: 'NO_FREE_VF',
    detail: ({ pf }) => {
      if (pf.vfs === 0 || pf.blocked.length > 0 || pf.free > 0) return undefined;
      const reasons = pf.notFree.map(({ code, vfs }) => `${vfs} ${code}`).join(', ');
      return `none of its ${pf.vfs} virtual functions is free${reasons && ` (${reasons})`}`;
    },
  },
  {
    code: 'PINNED_TO_OTHER_HOST',
    detail: ({ host, wish: { pin } }) =>
      pin === null || pin.hostId === host.id ? undefined : 'the vNIC is pinned to a virtual function of another host',
  },
  {
    code: 'PINNED_VF_NOT_FREE',
    detail: ({ host, index, wish: { pin } }) =>
      pin === null || pin.hostId !== host.id || freeRanks(host, index).includes(pin.pciRank)
        ? undefined
        : `the vNIC is pinned to ${pciAddressAt(pin.pciRank)}, which is not among its free virtual functions`,
  },
];

/** Whether a PF of this shape can serve the vNIC with a VF that is free. */
export function shapeServes(shape: PfShape, wish: VfWish): boolean {
  return SHAPE_RULES.every(({ detail }) => detail(shape, wish) === undefined);
}

/** Every reason why a PF (by index) of the host cannot serve the vNIC; none when it can. */
export function fallAways(host: HostCapacity, index: number, wish: VfWish): FallAway[] {
  const stock = { host, index, pf: host.pfs[index] as PfCapacity, wish };
  const shape = host.shape.pfs[index] as PfShape;
  return [
    ...SHAPE_RULES.map(({ code, detail }) => ({ code, text: detail(shape, wish) })),
    ...STOCK_RULES.map(({ code, detail }) => ({ code, text: detail(stock) })),
  ].flatMap(({ code, text }) => (text === undefined ? [] : [{ code, text }]));
}
