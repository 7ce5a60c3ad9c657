import { isOpen } from '@vfleet/contracts/desired-state';
import type { VfsWanted } from '@vfleet/contracts/host-agent';
import type { z } from 'zod';
import type { Ledger } from './ledger.ts';

/** What a host has still to be told: the newest generation of every PF that has not settled it. */
export function unsettledWants(ledger: Ledger): z.infer<typeof VfsWanted.payload>[] {
  return ledger.vfsConfigs.flatMap(({ id, pciAddress, desired }) =>
    isOpen(desired) && desired.want !== null
      ? [
          {
            vfsConfigId: id,
            pciAddress,
            generation: desired.generation,
            numOfVfs: desired.want.numOfVfs,
            mtu: desired.want.mtu,
            onlyIfExisting: desired.want.onlyIfExisting ?? null,
          },
        ]
      : [],
  );
}
