import { answers, type Binding, type Bus, type Subscription } from '@vfleet/bus/bus';
import type { Command, Verdict } from '@vfleet/contracts/define';
import { AddCluster, GetCluster, ListClusters, RemoveCluster, UpdateCluster } from '@vfleet/contracts/policy/clusters';
import { AddNetwork, GetNetwork, ListNetworks, RemoveNetwork, UpdateNetwork } from '@vfleet/contracts/policy/networks';
import { AddQos, GetQos, ListQos, RemoveQos, UpdateQos } from '@vfleet/contracts/policy/qos';
import {
  AddVm,
  AddVnic,
  GetVm,
  GetVnic,
  ListVms,
  ListVnics,
  RemoveVm,
  RemoveVnic,
  UpdateVm,
  UpdateVnic,
} from '@vfleet/contracts/policy/vms';
import {
  AddVnicProfile,
  GetVnicProfile,
  ListVnicProfiles,
  RemoveVnicProfile,
  UpdateVnicProfile,
} from '@vfleet/contracts/policy/vnic-profiles';
import { type RefusalCode, refusal } from '@vfleet/contracts/refusals';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { carryingOut, type Deeds } from './carrying-out.ts';

export type StandInPolicy = Deeds & { serve(): Promise<void>; away(): Promise<void> };

type Fields = { [name: string]: unknown };
type Noun = Fields & { id: string; name: string };
type Kind = {
  param: string;
  contracts: { add: unknown; update: unknown; remove: unknown; get: unknown; list: unknown };
  missing: RefusalCode;
  /** What the API shows of one of which nothing but the name was said. */
  plain: Fields;
};

const KINDS: readonly Kind[] = [
  {
    param: 'cluster',
    contracts: { add: AddCluster, update: UpdateCluster, remove: RemoveCluster, get: GetCluster, list: ListClusters },
    missing: 'CLUSTER_NOT_EXIST',
    plain: { description: '', compatibility_version: '4.7', policy: 'pack', require_carrier: false },
  },
  {
    param: 'network',
    contracts: { add: AddNetwork, update: UpdateNetwork, remove: RemoveNetwork, get: GetNetwork, list: ListNetworks },
    missing: 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
    plain: {
      ...{ description: '', vlan_id: null, mtu: 1500, label: null, qos: null },
      ...{ port_isolation: false, required: false, roles: [] },
    },
  },
  {
    param: 'qos',
    contracts: { add: AddQos, update: UpdateQos, remove: RemoveQos, get: GetQos, list: ListQos },
    missing: 'QOS_NOT_EXIST',
    plain: {
      ...{ description: '', type: 'vm_network', inbound: null, outbound: null },
      ...{ linkshare: null, upper_limit: null, realtime: null },
    },
  },
  {
    param: 'vnicProfile',
    contracts: {
      add: AddVnicProfile,
      update: UpdateVnicProfile,
      remove: RemoveVnicProfile,
      get: GetVnicProfile,
      list: ListVnicProfiles,
    },
    missing: 'VNIC_PROFILE_NOT_EXIST',
    plain: {
      ...{ description: '', pass_through: 'disabled', migratable: false, failover: null, port_mirroring: false },
      ...{ qos: null, network_filter: null, vf: NO_VF_PROPERTIES },
    },
  },
  {
    param: 'vm',
    contracts: { add: AddVm, update: UpdateVm, remove: RemoveVm, get: GetVm, list: ListVms },
    missing: 'VM_NOT_EXIST',
    plain: {
      ...{ description: '', status: 'down', cluster: { id: 'default', name: 'Default' }, host: null },
      ...{ numa_node: null, policy: null, domain_xml: null, nics: [] },
    },
  },
  {
    param: 'vnic',
    contracts: { add: AddVnic, update: UpdateVnic, remove: RemoveVnic, get: GetVnic, list: ListVnics },
    missing: 'VNIC_NOT_EXIST',
    plain: {
      ...{
        interface: 'virtio',
        vnic_profile: null,
        network: null,
        mac: '52:54:00:00:00:01',
        plugged: true,
        linked: true,
      },
      ...{
        boot_order: null,
        custom_mtu: null,
        mac_spoofing: false,
        pinned_vf: null,
        guest_pci_address: null,
        vf: null,
        degraded: false,
      },
    },
  },
];

/** Answers policy's contracts with what it was told, judged by no rule but whether the entity is there. */
export function standInPolicy(bus: Bus): StandInPolicy {
  let subscription: Subscription | undefined;
  const policy: StandInPolicy = {
    commands: [],
    heard: [],
    refusals: [],
    async serve() {
      subscription = await bus.serve('policy', bindings);
    },
    async away() {
      await subscription?.close();
    },
  };
  const bindings = KINDS.flatMap((kind) => bindingsOf(kind, policy));
  return policy;
}

type Payload = { fields: Fields; ifVersion?: number; limit: number; cursor?: string; name?: string } & Fields;

function bindingsOf({ param, contracts, missing, plain }: Kind, deeds: Deeds): Binding[] {
  const entities = new Map<string, { resource: Noun; version: number }>();
  const carriesOut = carryingOut(deeds);
  const contract = (which: keyof Kind['contracts']) => contracts[which] as Command<Payload, unknown>;

  function find<Reply>(
    payload: Payload,
    found: (entity: { resource: Noun; version: number }) => Reply,
  ): Verdict<Reply> {
    const ref = payload[param];
    const entity = [...entities.values()].find(({ resource: { id, name } }) => id === ref || name === ref);
    if (!entity) return { ok: false, refusals: [refusal(missing, `There is no ${param} ${ref}.`)] };
    return payload.ifVersion !== undefined && payload.ifVersion !== entity.version
      ? { ok: false, refusals: [refusal('PRECONDITION_FAILED', `${ref} has version ${entity.version}.`)] }
      : { ok: true, reply: found(entity) };
  }

  return [
    carriesOut(contract('add'), (payload) => {
      const resource = told({ ...plain, id: payload[`${param}Id`] } as Noun, payload.fields);
      entities.set(resource.id, { resource, version: 1 });
      return { ok: true, reply: resource };
    }),
    carriesOut(contract('update'), (payload) =>
      find(payload, (entity) => {
        entity.resource = told(entity.resource, payload.fields);
        entity.version++;
        return entity.resource;
      }),
    ),
    carriesOut(contract('remove'), (payload) =>
      find(payload, ({ resource }) => {
        entities.delete(resource.id);
        return {};
      }),
    ),
    answers(contract('get'), async ({ payload }) => find(payload, (entity) => entity)),
    answers(contract('list'), async ({ payload: { limit, cursor, name } }) => {
      const all = [...entities.values()].map(({ resource }) => resource);
      const here = all.filter((each) => each.name > (cursor ?? '') && (name === undefined || isNamed(each, name)));
      const items = here.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limit);
      return { ok: true, reply: { items, next: here.length > limit ? items.at(-1)?.name : null } };
    }),
  ];
}

function isNamed({ name }: Noun, wanted: string): boolean {
  const [own, searched] = [name.toLowerCase(), wanted.toLowerCase()];
  return searched.endsWith('*') ? own.startsWith(searched.slice(0, -1)) : own === searched;
}

/** A noun after a change; a reference is shown with both id and name. */
function told(noun: Noun, fields: Fields): Noun {
  const shown = Object.entries(fields).map(([name, value]) => {
    if (name === 'vf') return [name, { ...(noun.vf as object), ...(value as object) }];
    if (name !== 'pinned_vf' || value === null) return [name, isReference(value) ? named(value) : value];
    const pinned = value as { host: { id?: string; name?: string } };
    return [name, { ...pinned, host: { id: named(pinned.host).id } }];
  });
  return { ...noun, ...Object.fromEntries(shown) };
}

function isReference(value: unknown): value is { id?: string; name?: string } {
  return typeof value === 'object' && value !== null && ('id' in value || 'name' in value);
}

function named({ id, name }: { id?: string; name?: string }) {
  return { id: id ?? name, name: name ?? id };
}
