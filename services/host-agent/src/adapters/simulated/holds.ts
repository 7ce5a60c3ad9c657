import type { NicReport, UpperDevice } from '@vfleet/contracts/vocabulary/host-report';
import { z } from 'zod';

/** What holds a VF of a simulated machine. `vfio`: bound to vfio-pci; `process` has it open, null when nobody has. */
export const Hold = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('vfio'),
    process: z.object({ name: z.string(), pid: z.int().positive(), domain: z.string().optional() }).nullable(),
    /** Whether the agent can see who has it open. */
    readable: z.boolean().default(true),
  }),
  z.object({ kind: z.literal('netns'), name: z.string() }),
  z.object({ kind: z.enum(['macvtap', 'macvlan', 'bridge', 'bond']), name: z.string().max(15) }),
  z.object({ kind: z.literal('vlan'), name: z.string().max(15), vlanId: z.int().min(1).max(4094) }),
  z.object({ kind: z.literal('address'), address: z.string() }),
]);
export type Hold = z.infer<typeof Hold>;
export type HoldInput = z.input<typeof Hold>;

/** Who has the VF open through vfio, as a look through the processes tells it; null when nobody has. */
export function vfioHolder(hold: Hold | null): string | null {
  if (hold?.kind !== 'vfio' || !hold.process) return null;
  const { name, pid, domain } = hold.process;
  return `${name} (pid ${pid}${domain ? `, domain ${domain}` : ''})`;
}

/** Whether removing the VF waits for the holder: only vfio makes the kernel wait for user space to let go. */
export function blocksRemoval(hold: Hold | null): boolean {
  return hold?.kind === 'vfio' && hold.process !== null;
}

/** Whether the VF's netdev is out of sight while it is held so. */
export function hidesNetdev(hold: Hold | null): boolean {
  return hold?.kind === 'vfio' || hold?.kind === 'netns';
}

/** What a hold makes of the VF's netdev in the report. */
export function heldNic(nic: NicReport, hold: Hold | null): NicReport {
  if (hold?.kind === 'address') return { ...nic, addresses: [...nic.addresses, hold.address] };
  const upper = upperOf(hold);
  if (!upper) return nic;
  const isMaster = upper.kind === 'bridge' || upper.kind === 'bond';
  return { ...nic, uppers: [...nic.uppers, upper], master: isMaster ? upper.name : nic.master };
}

/** The netdev that a hold itself is, for the report. */
export function holdingNic(hold: Hold | null, mac: string): NicReport | undefined {
  const upper = upperOf(hold);
  if (!upper) return undefined;
  return {
    name: upper.name,
    mac,
    mtu: 1500,
    speed: null,
    carrier: true,
    kind: upper.kind,
    pciAddress: null,
    representorOf: null,
    maxMtu: null,
    altNames: [],
    master: null,
    uppers: [],
    addresses: [],
    vlanId: hold?.kind === 'vlan' ? hold.vlanId : null,
  };
}

function upperOf(hold: Hold | null): UpperDevice | undefined {
  switch (hold?.kind) {
    case 'macvtap':
    case 'macvlan':
    case 'bridge':
    case 'bond':
    case 'vlan':
      return { name: hold.name, kind: hold.kind };
    default:
      return undefined;
  }
}
