import type { PcieErrors, PfHealth } from '@vfleet/contracts/vocabulary/host-report';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { KernelFiles } from './kernel-files.ts';

/** IFF_UP of linux/if.h. */
const UP = 0x1;

/** RFC 2863's names for a netdev that has a carrier; `unknown` is that of drivers that never tell. */
const WITH_CARRIER = new Set(['up', 'dormant', 'testing', 'unknown']);

/**
 * Whether a PF works. The carrier is read from `flags` and `operstate`, which the kernel answers without rtnl; `carrier`
 * would wait for it.
 */
export function pfHealth(files: KernelFiles, { address, nic }: { address: PciAddress; nic: string | null }): PfHealth {
  return { carrier: nic === null ? null : carrierOf(files, nic), pcieErrors: pcieErrors(files, address) };
}

/** Null while the netdev is down, when nothing is known, or gone. */
function carrierOf({ now }: KernelFiles, nic: string): boolean | null {
  const flags = Number(now.text(`sys/class/net/${nic}/flags`) ?? 0);
  const state = now.text(`sys/class/net/${nic}/operstate`);
  if ((flags & UP) === 0 || state === undefined) return null;
  return WITH_CARRIER.has(state);
}

/** The sums of the kernel's AER counters; null where it keeps none, as without AER of the card or the root port. */
function pcieErrors({ now }: KernelFiles, address: PciAddress): PcieErrors | null {
  const sum = (file: string, name: string) => {
    const text = now.text(`sys/bus/pci/devices/${address}/${file}`);
    const count = new RegExp(`^${name} (\\d+)$`, 'm').exec(text ?? '')?.[1];
    return count === undefined ? null : Math.min(Number(count), Number.MAX_SAFE_INTEGER);
  };
  const correctable = sum('aer_dev_correctable', 'TOTAL_ERR_COR');
  const nonFatal = sum('aer_dev_nonfatal', 'TOTAL_ERR_NONFATAL');
  const fatal = sum('aer_dev_fatal', 'TOTAL_ERR_FATAL');
  return correctable === null || nonFatal === null || fatal === null ? null : { correctable, nonFatal, fatal };
}
