import { DEMO_SCENARIOS } from '../scenarios.ts';
import { type FaultScenario, on } from './fault-scenario.ts';

const MLX4_MAC = 'e4:1d:2d:00:00';

/** What keeps VFs from being given out. */
export const ALLOCATION = {
  F41: {
    happens: 'all VFs of a card without ACS share one IOMMU group, and groups have other numbers after every boot',
    look: 'set VFs on enp5s0f0 and on enp132s0f0: only those of the second card are free',
    machine: on('alpha', { card: { iommu: 'vfs-share' } }),
  },
  F42: {
    happens: 'the host itself uses VFs: each of seven in another way',
    look: 'the VFs of enp5s0f0 are in use, and each says by what',
    machine: on('alpha', {
      port: { vfs: 7 },
      holds: [
        { vf: '0000:05:10.0', hold: { kind: 'address', address: '192.0.2.77/24' } },
        { vf: '0000:05:10.2', hold: { kind: 'bridge', name: 'br0' } },
        { vf: '0000:05:10.4', hold: { kind: 'vlan', name: 'vlan100', vlanId: 100 } },
        { vf: '0000:05:10.6', hold: { kind: 'bond', name: 'bond0' } },
        { vf: '0000:05:11.0', hold: { kind: 'macvtap', name: 'macvtap0' } },
        { vf: '0000:05:11.2', hold: { kind: 'netns', name: 'router' } },
        { vf: '0000:05:11.4', hold: { kind: 'vfio', process: { name: 'dpdk-testpmd', pid: 4711 } } },
      ],
    }),
  },
  F44: {
    happens: 'one PCI function has two ports, and two netdevs, as an mlx4 has',
    look: 'enp5s0 has a VFs configuration, enp5s0d1 has none, and each VF is there once',
    machine: {
      ...on('alpha'),
      cards: [
        {
          address: '0000:05:00.0',
          bridge: '0000:00:02.0',
          numaNode: 0,
          driver: 'mlx4_core',
          vfDriver: 'mlx4_core',
          firmware: '2.42.5000',
          vendor: { id: '0x15b3', name: 'Mellanox Technologies' },
          product: { id: '0x1003', name: 'MT27500 Family [ConnectX-3]' },
          vfProduct: { id: '0x1004', name: 'MT27500/MT27520 Family [ConnectX-3 Virtual Function]' },
          totalVfs: 8,
          speed: 40_000,
          ports: [
            {
              nic: 'enp5s0',
              mac: `${MLX4_MAC}:01`,
              offset: 1,
              stride: 1,
              otherNics: [{ name: 'enp5s0d1', mac: `${MLX4_MAC}:02` }],
            },
          ],
        },
        ...DEMO_SCENARIOS.alpha.cards.slice(1),
      ],
    },
  },
  F45: {
    happens: 'a PF has children that are no netdevs',
    look: 'enp5s0f0 is a PF as any other',
    machine: on('alpha', { port: { otherChildren: ['scsi_host', 'fc_host'] } }),
  },
} as const satisfies Record<string, FaultScenario>;
