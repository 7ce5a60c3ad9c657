import type { Vnic } from '@vfleet/contracts/vocabulary/vnic';
import { tableOf } from './table.ts';

const TITLES = ['ID', 'NAME', 'INTERFACE', 'PROFILE', 'NETWORK', 'MAC', 'PLUGGED', 'LINKED', 'VF', 'PHYSICAL FUNCTION'];

/** vNICs in a table, each with the VF it holds, or that it should hold one. */
export function vnicTable(vnics: readonly Vnic[]): string {
  return tableOf(TITLES, vnics.map(rowOf));
}

function rowOf(vnic: Vnic): unknown[] {
  const { id, name, interface: type, vnic_profile, network, mac, plugged, linked, vf, degraded } = vnic;
  const held = [vf?.name ?? (degraded ? 'degraded' : undefined), vf?.physical_function.name];
  return [id, name, type, vnic_profile?.name, network?.name, mac, plugged, linked, ...held];
}
