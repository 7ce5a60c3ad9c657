import type { NicReport } from '@vfleet/contracts/vocabulary/host-report';
import { heldNic, holdingNic } from './holds.ts';
import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';
import { linkedVfs, presentPfs, showsNetdev } from './pf-view.ts';

/** Every netdev of the root namespace: loopback, plain ones, PFs, VFs, and what sits on VFs. */
export function nicViews(machine: Machine): NicReport[] {
  const plain = machine.scenario.plainNics.map((nic) =>
    physical({ ...nic, pciAddress: nic.address, carrier: true, addresses: nic.addresses }),
  );
  const ofPfs = presentPfs(machine).flatMap((pf) => [
    ...pfNic(machine, pf),
    ...linkedVfs(machine, pf).flatMap((vf) => vfNics(machine, pf, vf)),
  ]);
  const found = [LOOPBACK, ...plain, ...ofPfs];
  return [...new Map(found.map((nic) => [nic.name, nic])).values()];
}

/** The name of a VF's netdev, as systemd makes it: that of the PF without its port, `v`, the index. */
export function vfNicName(pf: SimulatedPf, { index }: Pick<SimulatedVf, 'index'>): string {
  return `${pf.port.nic.replace(/np\d+$/, '')}v${index}`;
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
};

function pfNic(machine: Machine, pf: SimulatedPf): NicReport[] {
  if (machine.driverOf(pf) === null) return [];
  const { nic: name, mac, addresses } = pf.port;
  const carrier = pf.isUp && pf.port.carrier;
  return [physical({ name, mac, speed: carrier ? pf.card.speed : null, carrier, pciAddress: pf.address, addresses })];
}

function vfNics(machine: Machine, pf: SimulatedPf, vf: SimulatedVf): NicReport[] {
  if (!showsNetdev(machine, vf)) return [];
  const carrier = pf.isUp && pf.port.carrier;
  const own = physical({
    name: vfNicName(pf, vf),
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
    mtu: 1500,
    speed: nic.speed,
    carrier: nic.carrier,
    kind: 'physical',
    pciAddress: nic.pciAddress,
    representorOf: null,
    maxMtu: 9216,
    altNames: [],
    master: null,
    uppers: [],
    addresses: nic.addresses,
    vlanId: null,
  };
}
