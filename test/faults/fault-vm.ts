import type { FaultHost } from './fault-host.ts';
import type { Answer, FaultSystem } from './fault-system.ts';

/** A VM of the cluster of a host, down, and what an administrator does with it. */
export type FaultVm = {
  id: string;
  path: string;
  start(): Promise<Answer>;
  stop(): Promise<Answer>;
  show(): Promise<Answer['body']>;
  plug(vnic?: number): Promise<Answer>;
  unplug(vnic?: number): Promise<Answer>;
  /** What its start would choose, or why nothing fits. */
  schedule(): Promise<Answer>;
};

/** What a VM is to have: a passthrough vNIC on each of `vnics` profiles, all on one network. */
export type VmOptions = { network?: object; profile?: object; vnics?: number };

/** Adds a network, a profile on it, and a VM with passthrough vNICs in the cluster of a host. */
export async function addVm(
  fleet: FaultSystem,
  host: FaultHost,
  { network = { vlan_id: 100 }, profile = {}, vnics = 1 }: VmOptions = {},
): Promise<FaultVm> {
  const id = `vm-${fleet.newId()}`;
  const path = `/api/vms/${id}`;
  const made = async (answer: Promise<Answer>) => {
    const { status, text } = await answer;
    if (status >= 300) throw new Error(`${id} could not be made: ${text}`);
  };
  await made(fleet.post('/api/networks', { id: `net-${id}`, name: `net-${id}`, ...network }));
  await made(
    fleet.post('/api/vnicprofiles', {
      ...{ id: `profile-${id}`, name: `profile-${id}`, network: { id: `net-${id}` }, pass_through: 'enabled' },
      ...profile,
    }),
  );
  await made(fleet.post('/api/vms', { id, name: id, cluster: { id: host.cluster } }));
  for (let index = 1; index <= vnics; index++) {
    const vnic = { id: `${id}-${index}`, name: `nic${index}`, interface: 'pci_passthrough' };
    await made(fleet.post(`${path}/nics`, { ...vnic, vnic_profile: { id: `profile-${id}` } }));
  }
  return {
    ...{ id, path },
    start: () => fleet.post(`${path}/start`),
    stop: () => fleet.post(`${path}/stop`),
    show: async () => (await fleet.get(path)).body,
    plug: (vnic = 1) => fleet.post(`${path}/nics/${id}-${vnic}/activate`),
    unplug: (vnic = 1) => fleet.post(`${path}/nics/${id}-${vnic}/deactivate`),
    schedule: () => fleet.post(`${path}/schedule`),
  };
}
