import { answers, type Binding } from '@vfleet/bus/bus';
import type { Verdict } from '@vfleet/contracts/define';
import {
  AddNicLabel,
  AddNicNetwork,
  AddVfsConfigLabel,
  AddVfsConfigNetwork,
  ListNicLabels,
  ListNicNetworks,
  ListVfsConfigLabels,
  ListVfsConfigNetworks,
  RemoveNicLabel,
  RemoveNicNetwork,
  RemoveVfsConfigLabel,
  RemoveVfsConfigNetwork,
} from '@vfleet/contracts/inventory-networks';
import type { AllowedNetwork } from '@vfleet/contracts/vocabulary/allowed-network';
import type { CarriesOut } from './carrying-out.ts';

type OnNic = { host: string; nic: string };
type FindNic = <Reply>(at: OnNic, found: () => Reply) => Verdict<Reply>;

const OF_NIC = {
  networks: [ListNicNetworks, AddNicNetwork, RemoveNicNetwork],
  labels: [ListNicLabels, AddNicLabel, RemoveNicLabel],
} as const;
const OF_VFS_CONFIG = {
  networks: [ListVfsConfigNetworks, AddVfsConfigNetwork, RemoveVfsConfigNetwork],
  labels: [ListVfsConfigLabels, AddVfsConfigLabel, RemoveVfsConfigLabel],
} as const;

/** The networks and labels of a stand-in's interface and of its VFs configuration: what was added, judged by no rule. */
export function standInLists(carriesOut: CarriesOut, findNic: FindNic): Binding[] {
  return [OF_NIC, OF_VFS_CONFIG].flatMap(({ networks, labels }) => [
    ...networkList(networks, { carriesOut, findNic }),
    ...labelList(labels, { carriesOut, findNic }),
  ]);
}

type Needs = { carriesOut: CarriesOut; findNic: FindNic };

function networkList(
  [list, add, remove]: (typeof OF_NIC | typeof OF_VFS_CONFIG)['networks'],
  { carriesOut, findNic }: Needs,
): Binding[] {
  const networks = new Map<string, AllowedNetwork>();
  return [
    answers(list, async ({ payload }) => findNic(payload, () => ({ items: [...networks.values()], next: null }))),
    carriesOut(add, (payload) =>
      findNic(payload, () => {
        const added = { id: payload.network, name: `the network ${payload.network}`, via_label: null };
        networks.set(added.id, added);
        return added;
      }),
    ),
    carriesOut(remove, (payload) =>
      findNic(payload, () => {
        networks.delete(payload.network);
        return {};
      }),
    ),
  ];
}

function labelList(
  [list, add, remove]: (typeof OF_NIC | typeof OF_VFS_CONFIG)['labels'],
  { carriesOut, findNic }: Needs,
): Binding[] {
  const labels = new Set<string>();
  return [
    answers(list, async ({ payload }) =>
      findNic(payload, () => ({ items: [...labels].map((id) => ({ id })), next: null })),
    ),
    carriesOut(add, (payload) =>
      findNic(payload, () => {
        labels.add(payload.label);
        return { id: payload.label };
      }),
    ),
    carriesOut(remove, (payload) =>
      findNic(payload, () => {
        labels.delete(payload.label);
        return {};
      }),
    ),
  ];
}
