/** The PF a message to an administrator is about. */
export type PfSubject = { pciAddress: string; nic: string | null; driver: string | null; totalVfs: number };

/** `enp5s0f0 (0000:05:00.0, driver igb)`; only what is known. */
export function describePf({ pciAddress, nic, driver }: PfSubject): string {
  const known = [...(nic === null ? [] : [pciAddress]), ...(driver === null ? [] : [`driver ${driver}`])];
  const name = nic ?? pciAddress;
  return known.length > 0 ? `${name} (${known.join(', ')})` : name;
}

/** A PF of which only the address is known. */
export function unknownPf(pciAddress: string): PfSubject {
  return { pciAddress, nic: null, driver: null, totalVfs: 0 };
}
