/** A suite of guest/, by the name of its file. */
export type Suite = string;

/** A guest that is booted: what is in it, and the suites of each of its boots; what it keeps lies in /out. */
export type Machine = { name: string; libvirt: boolean; boots: readonly (readonly Suite[])[] };

export type Profile = keyof typeof PROFILES;

/** What the kernel test runs. The machines of a profile run side by side. */
export const PROFILES = {
  quick: [{ name: 'nics', libvirt: false, boots: [['adapter', 'vfs', 'whole-system']] }],
  whole: [
    { name: 'nics', libvirt: false, boots: [['adapter', 'vfs', 'whole-system', 'faults']] },
    {
      name: 'domains',
      libvirt: true,
      boots: [['virtual-machines', 'killed', 'libvirt', 'unplug', 'before-reboot'], ['after-reboot']],
    },
  ],
} as const satisfies Record<string, readonly Machine[]>;

/** What a second boot needs to have run in the first. */
const NEEDS: Record<Suite, Suite> = { 'after-reboot': 'before-reboot' };

/**
 * The machines of a profile, or those of the whole that are needed for the named suites, with no more than these and what
 * they need. Throws when something named is neither.
 */
export function machinesFor(names: readonly string[]): readonly Machine[] {
  const [first] = names;
  if (names.length === 1 && first !== undefined && first in PROFILES) return PROFILES[first as Profile];
  const known = PROFILES.whole.flatMap(({ boots }) => boots.flat() as Suite[]);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no suite: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  const wanted = names.flatMap((name) => [NEEDS[name] ?? name, name]);
  return PROFILES.whole
    .map((machine: Machine) => ({ ...machine, boots: machine.boots.map((suites) => among(suites, wanted)) }))
    .map((machine) => ({ ...machine, boots: machine.boots.filter((suites) => suites.length > 0) }))
    .filter(({ boots }) => boots.length > 0);
}

function among(suites: readonly Suite[], wanted: readonly Suite[]): Suite[] {
  return suites.filter((suite) => wanted.includes(suite));
}
