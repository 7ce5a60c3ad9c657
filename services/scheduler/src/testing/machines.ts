/** A domain on a simulated machine: which VFs it holds by vNIC. */
export type Domain = {
  vmId: string;
  placementId: string;
  attempt: number;
  vnics: Map<string, { pciAddress: string | null; guestPciAddress: string }>;
};

/**
 * What runs on which machine, seen from above: two machines with one VM, or two domains with one VF, are told as
 * `violations` the moment they come about. For tests.
 */
export function machines() {
  const running = new Map<string, Map<string, Domain>>();
  const violations: string[] = [];

  function on(hostId: string): Map<string, Domain> {
    const domains = running.get(hostId) ?? new Map<string, Domain>();
    running.set(hostId, domains);
    return domains;
  }

  function check(): void {
    const vms = [...running].flatMap(([hostId, domains]) => [...domains.keys()].map((vmId) => `${vmId} ${hostId}`));
    const seen = new Map<string, string>();
    for (const each of vms) {
      const [vmId = '', hostId = ''] = each.split(' ');
      if (seen.has(vmId)) violations.push(`${vmId} runs on ${seen.get(vmId)} and ${hostId}`);
      seen.set(vmId, hostId);
    }
    for (const [hostId, domains] of running) {
      const held = [...domains.values()].flatMap(({ vnics }) =>
        [...vnics.values()].flatMap((vf) => vf.pciAddress ?? []),
      );
      if (new Set(held).size < held.length) violations.push(`a VF of ${hostId} is held twice: ${held.join()}`);
    }
  }

  return {
    violations,
    on,
    check,
    /** The domain that holds a VF. */
    holderOf: (hostId: string, pciAddress: string) =>
      [...on(hostId).values()].find(({ vnics }) => [...vnics.values()].some((vf) => vf.pciAddress === pciAddress)),
    /** Where a VM runs. */
    hostOf: (vmId: string) => [...running].find(([, domains]) => domains.has(vmId))?.[0],
    /** A machine loses its power, with all that ran on it. */
    powerOff: (hostId: string) => void running.delete(hostId),
  };
}

export type Machines = ReturnType<typeof machines>;
