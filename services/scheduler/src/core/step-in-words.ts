import type { Placement, PlacementState } from './placement.ts';

/** What is done in each state, as whoever waits for it reads it. */
const IN_WORDS: Record<PlacementState, (placement: Placement) => string> = {
  down: () => 'It is down',
  starting: ({ at }) => `It is started on ${nameOf(at)}`,
  'quitting-host': (placement) => proofInWords(placement) ?? 'The next host is chosen',
  running: ({ at }) => `It runs on ${nameOf(at)}`,
  plugging: ({ at, plug }) => `${plugged(plug)} is plugged in on ${nameOf(at)}`,
  'choosing-vf': ({ at, plug }) => `A virtual function of ${nameOf(at)} is chosen for ${plugged(plug)}`,
  'detaching-degraded': ({ plug }) => `${plugged(plug)} is taken off its bridge, to be given a virtual function`,
  'taking-back-plug': ({ at, plug }) => `The plugging of ${plugged(plug)} on ${nameOf(at)} is taken back`,
  'restoring-degraded': ({ plug }) => `${plugged(plug)} is put back on the bridge of its network`,
  unplugging: ({ at, plug }) => `The guest on ${nameOf(at)} is asked to let go of ${plugged(plug)}`,
  'releasing-unplugged': ({ at, plug }) => `The virtual function of ${plugged(plug)} is given back on ${nameOf(at)}`,
  'choosing-destination': () => 'A host to move to is chosen',
  'claiming-destination': ({ to }) => `Virtual functions are claimed on ${nameOf(to)}`,
  'detaching-source': ({ at }) => `The guest on ${nameOf(at)} is asked to let go of its virtual functions`,
  moving: ({ at, to }) => `It moves from ${nameOf(at)} to ${nameOf(to)}`,
  'finding-vm': ({ at, to }) => `It is looked for on ${nameOf(to)}: ${nameOf(at)} was lost while it moved`,
  'attaching-destination': ({ at, to }) => `Its virtual functions are plugged in on ${nameOf(to ?? at)}`,
  'replugging-source': ({ at }) => `Its virtual functions are plugged in again on ${nameOf(at)}`,
  stopping: (placement) => proofInWords(placement) ?? 'It is stopped',
  releasing: ({ leaving }) =>
    leaving.length === 0
      ? 'It is unlocked'
      : `Its virtual functions on ${leaving.map(nameOf).join(', ')} are cleaned and given back; a host that is gone ends the wait when it is confirmed powered off`,
};

/** What is done with a VM now, in words. */
export function stepInWords(placement: Placement): string {
  return IN_WORDS[placement.state](placement);
}

/** Nothing is tried elsewhere, nor ended, without proof; only an administrator can stand in for a host that is gone. */
function proofInWords({ leaving }: Placement): string | undefined {
  const hosts = leaving.filter(({ isGone }) => !isGone).map(nameOf);
  if (hosts.length === 0) return undefined;
  const they = hosts.join(' and ');
  return `It is stopped on ${they}; until ${they} has answered, or is confirmed powered off, it counts as running there`;
}

function nameOf(on: { host: { name: string } } | null): string {
  return on === null ? 'its host' : `host ${on.host.name}`;
}

function plugged(plug: Placement['plug']): string {
  return plug === null ? 'A vNIC' : `vNIC ${plug.vnic.name}`;
}
