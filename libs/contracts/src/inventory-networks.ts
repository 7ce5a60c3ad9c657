import { z } from 'zod';
import { command, query } from './define.ts';
import { AllowedNetwork } from './vocabulary/allowed-network.ts';
import { EntityRef } from './vocabulary/ids.ts';
import { Label, LabelResource } from './vocabulary/label.ts';
import { PageRequest, pageOf } from './vocabulary/page.ts';

const OnNic = z.object({ host: EntityRef, nic: EntityRef });
/** `vfsConfig` in a URL is the config's id or the word `vfsConfig`. */
const OnVfsConfig = OnNic.extend({ vfsConfig: EntityRef.default('vfsConfig') });
const byHost = ({ host }: { host: string }) => host;

const NO_VFS_CONFIG = [
  'HOST_NOT_EXIST',
  'HOST_NETWORK_INTERFACE_NOT_EXIST',
  'VFS_CONFIG_NOT_EXIST',
  'ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED',
] as const;
const NO_NIC = ['HOST_NOT_EXIST', 'HOST_NETWORK_INTERFACE_NOT_EXIST'] as const;
/** A nic that cannot carry networks of its own: a bond's slave, a VF, a VLAN device or bridge. */
const NOT_CARRYING = ['NIC_IS_BOND_SLAVE', 'NIC_CANNOT_CARRY_NETWORKS'] as const;

/** Allows a network on the VFs of a PF. `network` is an id or a name; an id wins. */
export const AddVfsConfigNetwork = command('inventory.add-vfs-config-network', {
  request: OnVfsConfig.extend({ network: EntityRef }),
  reply: AllowedNetwork,
  refusals: [
    ...NO_VFS_CONFIG,
    'ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS',
    'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
    'ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG',
  ],
  keyOf: byHost,
});

/** Takes a listed network off; one that a label brings in goes with the label alone. */
export const RemoveVfsConfigNetwork = command('inventory.remove-vfs-config-network', {
  request: OnVfsConfig.extend({ network: EntityRef }),
  reply: z.object({}),
  refusals: [
    ...NO_VFS_CONFIG,
    'ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS',
    'ACTION_TYPE_FAILED_NETWORK_NOT_IN_VFS_CONFIG',
    'ACTION_TYPE_FAILED_NETWORK_IN_VFS_CONFIG_VIA_LABEL',
  ],
  keyOf: byHost,
});

/** Allows every network of a label, now and later; those it brings in leave the list. */
export const AddVfsConfigLabel = command('inventory.add-vfs-config-label', {
  request: OnVfsConfig.extend({ label: Label }),
  reply: LabelResource,
  refusals: [
    ...NO_VFS_CONFIG,
    'ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS',
    'ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG',
  ],
  keyOf: byHost,
});

/** Takes a label away; nothing it took off the list comes back. */
export const RemoveVfsConfigLabel = command('inventory.remove-vfs-config-label', {
  request: OnVfsConfig.extend({ label: EntityRef }),
  reply: z.object({}),
  refusals: [
    ...NO_VFS_CONFIG,
    'ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS',
    'ACTION_TYPE_FAILED_LABEL_NOT_IN_VFS_CONFIG',
  ],
  keyOf: byHost,
});

/** The effective networks of a VfsConfig, each with its origin, in the order of their names; none while all are allowed. */
export const ListVfsConfigNetworks = query('inventory.list-vfs-config-networks', {
  request: OnVfsConfig.extend(PageRequest.shape),
  reply: pageOf(AllowedNetwork),
  refusals: [...NO_VFS_CONFIG],
  keyOf: byHost,
});

export const ListVfsConfigLabels = query('inventory.list-vfs-config-labels', {
  request: OnVfsConfig.extend(PageRequest.shape),
  reply: pageOf(LabelResource),
  refusals: [...NO_VFS_CONFIG],
  keyOf: byHost,
});

/** Attaches a network to the nic itself; of a host's nics only one carries it. */
export const AddNicNetwork = command('inventory.add-nic-network', {
  request: OnNic.extend({ network: EntityRef }),
  reply: AllowedNetwork,
  refusals: [...NO_NIC, ...NOT_CARRYING, 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST', 'NETWORK_ALREADY_ATTACHED_TO_NIC'],
  keyOf: byHost,
});

export const RemoveNicNetwork = command('inventory.remove-nic-network', {
  request: OnNic.extend({ network: EntityRef }),
  reply: z.object({}),
  refusals: [...NO_NIC, ...NOT_CARRYING, 'NETWORK_NOT_ATTACHED_TO_NIC', 'NETWORK_ATTACHED_TO_NIC_VIA_LABEL'],
  keyOf: byHost,
});

/** Attaches every network of a label to the nic itself, now and later; of a host's nics only one has the label. */
export const AddNicLabel = command('inventory.add-nic-label', {
  request: OnNic.extend({ label: Label }),
  reply: LabelResource,
  refusals: [...NO_NIC, ...NOT_CARRYING, 'LABEL_ALREADY_ON_NIC', 'NETWORK_ALREADY_ATTACHED_TO_NIC'],
  keyOf: byHost,
});

export const RemoveNicLabel = command('inventory.remove-nic-label', {
  request: OnNic.extend({ label: EntityRef }),
  reply: z.object({}),
  refusals: [...NO_NIC, ...NOT_CARRYING, 'LABEL_NOT_ON_NIC'],
  keyOf: byHost,
});

/** The networks of the nic itself, each with its origin, in the order of their names. */
export const ListNicNetworks = query('inventory.list-nic-networks', {
  request: OnNic.extend(PageRequest.shape),
  reply: pageOf(AllowedNetwork),
  refusals: [...NO_NIC],
  keyOf: byHost,
});

export const ListNicLabels = query('inventory.list-nic-labels', {
  request: OnNic.extend(PageRequest.shape),
  reply: pageOf(LabelResource),
  refusals: [...NO_NIC],
  keyOf: byHost,
});
