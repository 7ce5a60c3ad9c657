import type { Documents } from '@vfleet/documents/documents';
import { type MacRange, macAt, roundFrom, sizeOfRange } from './core/mac-pool.ts';
import type { StoredVm } from './core/vm.ts';

/**
 * An address of the pool that no vNIC has: from a random place on the first that is free, all the way round. Null when
 * every address is taken. Another replica may take the same one before it is put; the unique key of `vms` decides then.
 */
export async function pickMac(
  vms: Documents<StoredVm>,
  { macPool, random }: { macPool: MacRange; random: () => number },
): Promise<string | null> {
  const place = Math.floor(random() * sizeOfRange(macPool));
  for (const part of roundFrom(macPool, place)) {
    const mac = await firstFreeOf(vms, part);
    if (mac !== null) return mac;
  }
  return null;
}

async function firstFreeOf(vms: Documents<StoredVm>, range: MacRange): Promise<string | null> {
  for (let place = 0; place < sizeOfRange(range); place++) {
    const mac = macAt(range, place);
    const [holder] = await vms.find('mac', mac, { limit: 1 });
    if (!holder) return mac;
  }
  return null;
}
