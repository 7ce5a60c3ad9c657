import type { NicReport } from '@vfleet/contracts/vocabulary/host-report';
import { heldNic, holdingNic } from './holds.ts';
import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';
import { FIRST_MTU } from './memory.ts';
import { linkedVfs, presentFunctions, showsNetdev } from './pf-view.ts';

/** The most any simulated driver takes as MTU. */
export const MOST_MTU = 9216;

/** Every netdev of the root namespace: loopback, plain ones, PFs, VFs, and what sits on VFs. */
export function nicViews(machine: Machine): NicReport[] {
  const plain = machine.scenario.plainNics.map((nic) =>
    physical({ ...nic, pciAddress: nic.address, carrier: true, addresses: nic.addresses }),
  );
  const ofPfs = presentFunctions(machine).flatMap((pf) => [
    ...pfNic(machine, pf),
    ...linkedVfs(machine, pf).flatMap((vf) => [...vfNics(machine, pf, vf), ...representor(pf, vf)]),
  ]);
  const found = [LOOPBACK, ...plain, ...ofPfs];
  return [...new Map(found.map((nic) => [nic.name, nic])).values()];
}

/**
 * The name of a VF's netdev: as systemd makes it, that of the PF without its port, `v`, the index; or the one that udev
 * has given it since.
 */
export function vfNicName({ faults, clock, scaled }: Machine, pf: SimulatedPf, vf: SimulatedVf): string {
  const renamed = faults
    .concerning('vf-renamed', { pf: pf.address, vf: vf.index })
    .findLast(({ afterMs }) => vf.netdevAt !== null && vf.netdevAt + scaled(afterMs) <= clock.now());
  return renamed ? renamed.name.replace('%d', String(vf.index)) : `${pf.port.nic.replace(/np\d+$/, '')}v${vf.index}`;
}

const LOOPBACK: NicReport = {
  ...physical({
    name: 'lo',
    mac: '00:00:00:00:00:00',
    speed: null,
    carrier: true,
    pciAddress: null,
    addresses: ['127.0.0.1/8', '::1/128'],
  }),
  kind: 'other',
  mtu: 65536,
  maxMtu: null,
};

function pfNic(machine: Machine, pf: SimulatedPf): NicReport[] {
  if (machine.driverOf(pf) === null) return [];
  const { nic: name, mac, addresses, otherNics } = pf.port;
  const carrier = pf.isUp && pf.port.carrier;
  const of = { speed: carrier ? pf.card.speed : null, carrier, pciAddress: pf.address };
  return [
    { ...physical({ ...of, name, mac, addresses }), mtu: pf.mtu, altNames: [`enx${mac.replaceAll(':', '')}`] },
    ...otherNics.map((nic) => physical({ ...of, ...nic, addresses: [] })),
  ];
}

/** It is there as long as the VF is, whoever has the VF, and hangs on no device of its own. */
function representor(pf: SimulatedPf, { index, mac }: SimulatedVf): NicReport[] {
  if (!pf.card.switchdev) return [];
  const name = `${pf.port.nic.replace(/np\d+$/, '')}r${index}`;
  const nic = physical({ name, mac: `fe${mac.slice(2)}`, speed: null, carrier: true, pciAddress: null, addresses: [] });
  return [{ ...nic, kind: 'representor', representorOf: { pfAddress: pf.address, vfIndex: index } }];
}

function vfNics(machine: Machine, pf: SimulatedPf, vf: SimulatedVf): NicReport[] {
  if (!showsNetdev(machine, vf)) return [];
  const carrier = pf.isUp && pf.port.carrier;
  const own = physical({
    name: vfNicName(machine, pf, vf),
    mac: vf.mac,
    speed: null,
    carrier,
    pciAddress: vf.address,
    addresses: [],
  });
  const holder = holdingNic(vf.hold, vf.mac);
  return [heldNic(own, vf.hold), ...(holder ? [holder] : [])];
}

function physical(nic: Pick<NicReport, 'name' | 'mac' | 'speed' | 'carrier' | 'pciAddress' | 'addresses'>): NicReport {
  return {
    name: nic.name,
    mac: nic.mac,
    mtu: FIRST_MTU,
    speed: nic.speed,
    carrier: nic.carrier,
    kind: 'physical',
    pciAddress: nic.pciAddress,
    representorOf: null,
    maxMtu: MOST_MTU,
    altNames: [],
    master: null,
    uppers: [],
    addresses: nic.addresses,
    vlanId: null,
  };
}
