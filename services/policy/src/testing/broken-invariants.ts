import type { Cluster } from '@vfleet/contracts/vocabulary/cluster';
import type { Vm } from '@vfleet/contracts/vocabulary/vm';
import type { Vnic } from '@vfleet/contracts/vocabulary/vnic';
import type { VnicProfile } from '@vfleet/contracts/vocabulary/vnic-profile';

/** Everything as callers see it. */
export type Fleet = { vms: Vm[]; profiles: VnicProfile[]; clusters: Cluster[] };

/**
 * What must never be so, whatever was asked for in whatever order: domain.md, Networks, profiles, vNICs, written down a
 * second time and from what callers see. Empty when all is well.
 */
export function brokenInvariants({ vms, profiles, clusters }: Fleet): string[] {
  const broken: string[] = [];
  const must = (isSo: boolean, what: string) => void (isSo || broken.push(what));

  const all = vms.flatMap(({ nics }) => nics);
  must(isUnique(all.map(({ mac }) => mac)), 'two vNICs have one MAC address');
  must(isUnique(all.map(({ id }) => id)), 'two vNICs have one id');
  must(isUnique(vms.map(({ name }) => name)), 'two VMs have one name');

  for (const vm of vms) {
    const cluster = clusters.find(({ id }) => id === vm.cluster.id);
    must(cluster !== undefined, `${vm.name} is in a cluster that is gone`);
    must(isUnique(vm.nics.map(({ name }) => name)), `two vNICs of ${vm.name} have one name`);
    must(isUnique(vm.nics.flatMap((vnic) => vnic.boot_order ?? [])), `two vNICs of ${vm.name} have one boot order`);
    const pins = vm.nics.flatMap((vnic) => (vnic.plugged && vnic.pinned_vf ? [vnic.pinned_vf] : []));
    must(isUnique(pins.map((pin) => pin.pci_address)), `two vNICs of ${vm.name} are pinned to one VF`);
    must(new Set(pins.map(({ host }) => host.id)).size <= 1, `vNICs of ${vm.name} are pinned to two hosts`);
    for (const vnic of vm.nics)
      broken.push(...brokenOfVnic(vnic, { profiles, cluster, where: `${vm.name}/${vnic.name}` }));
  }
  return broken;
}

function brokenOfVnic(
  vnic: Vnic,
  { profiles, cluster, where }: { profiles: VnicProfile[]; cluster: Cluster | undefined; where: string },
): string[] {
  const profile = profiles.find(({ id }) => id === vnic.vnic_profile?.id);
  if (vnic.vnic_profile && !profile) return [`${where} has a profile that is gone`];
  const gives = profile?.pass_through ?? 'disabled';
  const isVf = vnic.interface === 'pci_passthrough';
  const mayBeVf = isVf || gives !== 'disabled';
  const [major = 0, minor = 0] = (cluster?.compatibility_version ?? '').split('.').map(Number);
  const level = major * 1000 + minor;
  const wrong: [boolean, string][] = [
    [isVf && gives === 'disabled', 'is passthrough and its profile gives no VF'],
    [!isVf && gives === 'enabled', 'is not passthrough and its profile always gives a VF'],
    [gives === 'preferred' && !isVf && vnic.interface !== 'virtio', 'is emulated and may get a VF'],
    [mayBeVf && !vnic.linked, 'is unlinked and may get a VF'],
    [mayBeVf && (vnic.custom_mtu !== null || vnic.mac_spoofing), 'may get a VF and has what no VF has'],
    [!mayBeVf && vnic.pinned_vf !== null, 'is pinned and gets no VF'],
    [mayBeVf && level < 3006, 'may get a VF in a cluster older than 3.6'],
    [profile?.failover != null && level < 4006, 'has a failover in a cluster older than 4.6'],
    [profile?.network.id !== vnic.network?.id, 'is not on the network of its profile'],
  ];
  return wrong.flatMap(([isSo, what]) => (isSo ? [`${where} ${what}`] : []));
}

function isUnique(values: readonly (string | number)[]): boolean {
  return new Set(values).size === values.length;
}
