import type { Documents } from '@vfleet/documents/documents';
import { type MacRange, macAt, sizeOfRange } from '../core/mac-pool.ts';
import type { StoredVm } from '../core/vm.ts';

/**
 * An address of the pool that no vNIC has: from a random place on the first that is free, all the way round. Null when
 * every address is taken. Another replica may take the same one before it is put; the unique key of `vms` decides then.
 *
 * An address that is taken is read with its VM, whose other addresses are passed over without a look.
 */
export async function pickMac(
  vms: Documents<StoredVm>,
  { macPool, random }: { macPool: MacRange; random: () => number },
): Promise<string | null> {
  const size = sizeOfRange(macPool);
  const start = Math.floor(random() * size);
  const taken = new Set<string>();
  for (let place = start; place < start + size; place++) {
    const mac = macAt(macPool, place);
    if (taken.has(mac)) continue;
    const [holder] = await vms.find('mac', mac, { limit: 1 });
    if (!holder) return mac;
    for (const vnic of holder.body.nics) taken.add(vnic.mac);
  }
  return null;
}
