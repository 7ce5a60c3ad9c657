import type { ScenarioInput } from './simulated/scenario.ts';

type CardInput = ScenarioInput['cards'][number];
type PortInput = CardInput['ports'][number];

const INTEL = { id: '0x8086', name: 'Intel Corporation' };
const MELLANOX = { id: '0x15b3', name: 'Mellanox Technologies' };

/** The hosts of the demo fleet: one for each driver, each with at least two PFs on two NUMA nodes. */
export const DEMO_SCENARIOS = {
  alpha: host('alpha', [igb('05', 0), igb('84', 1)]),
  bravo: host('bravo', [ixgbe('18', 0), ixgbe('af', 1)]),
  charlie: host('charlie', [i40e('3b', 0), i40e('d8', 1)]),
  delta: host('delta', [mlx5('5e', 0), mlx5('86', 1)]),
} as const satisfies Record<string, ScenarioInput>;

/** A scenario in which nothing takes time: what is measured with it is the product's own. */
export function withoutTime(scenario: ScenarioInput): ScenarioInput {
  return { ...scenario, timeScale: 0 };
}

function host(name: string, cards: CardInput[]): ScenarioInput {
  return {
    product: `Simulated server ${name}`,
    cards,
    plainNics: [
      {
        name: 'eno1',
        mac: macOf(cards[0]?.ports[0]?.mac ?? '', 0xfe),
        address: '0000:01:00.0',
        driver: 'tg3',
        vendor: { id: '0x14e4', name: 'Broadcom Inc. and subsidiaries' },
        product: { id: '0x165f', name: 'NetXtreme BCM5720 Gigabit Ethernet PCIe' },
        speed: 1000,
        addresses: ['192.0.2.10/24'],
      },
    ],
  };
}

function igb(bus: string, numaNode: number): CardInput {
  return {
    ...slot(bus, numaNode),
    driver: 'igb',
    vfDriver: 'igbvf',
    firmware: '1.2.3',
    vendor: INTEL,
    product: { id: '0x10c9', name: '82576 Gigabit Network Connection' },
    vfProduct: { id: '0x10ca', name: '82576 Virtual Function' },
    totalVfs: 7,
    speed: 1000,
    iommu: 'ports-share',
    ports: [0, 1].map((fn) => port(bus, fn, { mac: '90:e2:ba', offset: 128, stride: 2 })),
  };
}

function ixgbe(bus: string, numaNode: number): CardInput {
  return {
    ...slot(bus, numaNode),
    driver: 'ixgbe',
    vfDriver: 'ixgbevf',
    firmware: '0x61c10001',
    vendor: INTEL,
    product: { id: '0x10fb', name: '82599ES 10-Gigabit SFI/SFP+ Network Connection' },
    vfProduct: { id: '0x10ed', name: '82599 Ethernet Controller Virtual Function' },
    totalVfs: 63,
    speed: 10_000,
    ports: [0, 1].map((fn) => port(bus, fn, { mac: 'a0:36:9f', offset: 128, stride: 2 })),
  };
}

function i40e(bus: string, numaNode: number): CardInput {
  return {
    ...slot(bus, numaNode),
    driver: 'i40e',
    vfDriver: 'iavf',
    firmware: '8.30 0x8000a4e6 1.2926.0',
    vendor: INTEL,
    product: { id: '0x1583', name: 'Ethernet Controller XL710 for 40GbE QSFP+' },
    vfProduct: { id: '0x154c', name: 'Ethernet Virtual Function 700 Series' },
    totalVfs: 64,
    speed: 40_000,
    ports: [
      port(bus, 0, { mac: '3c:fd:fe', offset: 16, stride: 1 }),
      port(bus, 1, { mac: '3c:fd:fe', offset: 79, stride: 1 }),
    ],
  };
}

function mlx5(bus: string, numaNode: number): CardInput {
  return {
    ...slot(bus, numaNode),
    driver: 'mlx5_core',
    vfDriver: 'mlx5_core',
    firmware: '16.35.3006 (MT_0000000012)',
    vendor: MELLANOX,
    product: { id: '0x1017', name: 'MT27800 Family [ConnectX-5]' },
    vfProduct: { id: '0x1018', name: 'MT27800 Family [ConnectX-5 Virtual Function]' },
    totalVfs: 125,
    speed: 100_000,
    ports: [
      port(bus, 0, { mac: '0c:42:a1', offset: 2, stride: 1 }),
      port(bus, 1, { mac: '0c:42:a1', offset: 126, stride: 1 }),
    ],
  };
}

function slot(bus: string, numaNode: number): Pick<CardInput, 'address' | 'bridge' | 'numaNode'> {
  return { address: `0000:${bus}:00.0`, bridge: numaNode === 0 ? '0000:00:02.0' : '0000:80:02.0', numaNode };
}

/** A port named as systemd names it: bus in decimal, function. The MAC's last bytes are bus and function. */
function port(
  bus: string,
  fn: number,
  { mac, offset, stride }: { mac: string; offset: number; stride: number },
): PortInput {
  return { nic: `enp${parseInt(bus, 16)}s0f${fn}`, mac: `${mac}:${bus}:00:0${fn}`, offset, stride };
}

function macOf(mac: string, last: number): string {
  return `${mac.slice(0, -2)}${last.toString(16)}`;
}
