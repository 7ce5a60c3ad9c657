import type { InterfaceNetwork } from '@vfleet/contracts/vocabulary/domain';
import type { z } from 'zod';

/** The bridge of the host that serves a network; undefined when none can. */
export type BridgeOf = (network: z.infer<typeof InterfaceNetwork>) => string | undefined;

/** What the kernel takes as the name of a network device, in ASCII (dev_valid_name, IFNAMSIZ). */
const DEVICE_NAME = /^(?!\.{1,2}$)[!-.0-9;-~]{1,15}$/;

/**
 * A bridge carries the name of its network, as administrators of such hosts are used to; `named` tells others, by the
 * id of a network or by its name. The bridge is the administrator's: it exists, with the network's VLAN on its uplink.
 */
export function bridgesBy(named: ReadonlyMap<string, string>): BridgeOf {
  return ({ id, name }) => {
    const bridge = named.get(id) ?? named.get(name) ?? name;
    return DEVICE_NAME.test(bridge) ? bridge : undefined;
  };
}
