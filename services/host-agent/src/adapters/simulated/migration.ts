import { isDeepStrictEqual } from 'node:util';
import type { Guests } from '../../guests.ts';
import type { Arrival, SimulatedDomain } from './domain.ts';
import { domainOf } from './domains.ts';
import { noDomain } from './domains-refusals.ts';
import { GUEST_MS } from './guests-times.ts';
import { DONE, type Ended, failed, inTime, passFor } from './guests-work.ts';
import type { Machine } from './machine.ts';
import { whileHeldUp } from './waiting.ts';

/** The machines that can move domains to one another, by the ids of their hosts. */
export type SimulatedNetwork = Map<string, Machine>;

export function simulatedNetwork(): SimulatedNetwork {
  return new Map();
}

/** Makes a machine reachable, and settles what a cut off move has left on it or on others for it. */
export function joinNetwork(network: SimulatedNetwork, id: string, machine: Machine): void {
  network.set(id, machine);
  for (const each of network.values()) settleArrivals(network, each);
}

/** The part of a simulated machine that moves domains to others. */
export function migrationsOf(
  machine: Machine,
  { id, network }: { id: string; network: SimulatedNetwork | null },
): Pick<Guests, 'migrate' | 'callOff'> {
  const moves = new Map<string, { abort: { isAsked: boolean }; ended: Promise<unknown> }>();

  return {
    callOff: (vmId, deadlineMs) =>
      inTime(machine, deadlineMs, async () => {
        const going = moves.get(vmId);
        if (going) going.abort.isAsked = true;
        await going?.ended;
        return DONE;
      }),
    migrate: async (vmId, destination, deadlineMs) => {
      const hangs = () => machine.faults.concerning('migrate-hangs', { vmId }).length > 0;
      const abort = { isAsked: false };
      const move = async () => {
        const ended = migrate(machine, { id, network, vmId, destination, abort, hangs });
        moves.set(vmId, { abort, ended });
        return ended.finally(() => moves.delete(vmId));
      };
      const ended = await inTime(machine, deadlineMs, move);
      // A migration that makes no progress is cancelled; one that hangs does not hear it.
      if (ended.kind !== 'unfinished' || hangs()) return ended;
      abort.isAsked = true;
      return failed('operation aborted: migration out job: canceled by client');
    },
  };
}

async function migrate(
  source: Machine,
  {
    id,
    network,
    vmId,
    destination,
    abort,
    hangs,
  }: {
    id: string;
    network: SimulatedNetwork | null;
    vmId: string;
    destination: { id: string; name: string };
    abort: { isAsked: boolean };
    hangs: () => boolean;
  },
): Promise<Ended> {
  const domain = domainOf(source, vmId);
  if (!domain) return failed(noDomain(vmId));
  const struck = source.faults.strikeCall('migrate-fails', { vmId });
  if (struck) return failed(struck.message);
  const to = reachable(network, destination.id);
  if (!to) return failed(`unable to connect to server at '${destination.name}:16509': No route to host`);
  const before = refusal(domain, to);
  if (before !== undefined) return failed(before);

  await passFor(source, vmId, GUEST_MS.migrate);
  await whileHeldUp(source, hangs);
  if (abort.isAsked) return failed('operation aborted: migration out job: canceled by client');
  if (reachable(network, destination.id) !== to) return failed('operation failed: lost connection to destination host');
  return move(source, to, { domain, from: id });
}

/**
 * Moves a domain so that it runs on exactly one machine, whenever the process that simulates both is killed: the
 * destination keeps it as coming, then the source forgets it, which decides, then the destination runs it.
 */
async function move(
  source: Machine,
  to: Machine,
  { domain, from }: { domain: SimulatedDomain; from: string },
): Promise<Ended> {
  const pid = to.newPid();
  const copy = () => structuredClone({ ...domain, pid });
  const arrival: Arrival = { from, domain: copy(), isLive: true };
  to.arrivals.push(arrival);
  await to.remember();
  while (!isDeepStrictEqual(arrival.domain, copy())) {
    arrival.domain = copy();
    await to.remember();
  }
  const isCutOff = !source.domains.includes(domain) || !to.arrivals.includes(arrival);
  const refused = isCutOff ? 'operation failed: domain is not running' : refusal(domain, to);
  if (refused !== undefined) {
    remove(to.arrivals, arrival);
    await to.remember();
    return failed(refused);
  }
  remove(source.domains, domain);
  source.changed();
  await source.remember();
  if (remove(to.arrivals, arrival)) to.domains.push(arrival.domain);
  to.changed();
  await to.remember();
  return DONE;
}

function refusal(domain: SimulatedDomain, to: Machine): string | undefined {
  if (domain.interfaces.some(({ vf }) => vf !== null)) {
    return "Requested operation is not valid: cannot migrate a domain with <hostdev mode='subsystem' type='pci'>";
  }
  const isThere = to.domains.some(({ name, vmId }) => name === domain.name || vmId === domain.vmId);
  return isThere ? `Requested operation is not valid: domain '${domain.name}' is already active` : undefined;
}

function reachable(network: SimulatedNetwork | null, id: string): Machine | undefined {
  const machine = network?.get(id);
  return machine?.isOn() ? machine : undefined;
}

/** The source decides: a domain it still has never came; one it has no more runs here. */
function settleArrivals(network: SimulatedNetwork, machine: Machine): void {
  for (const arrival of machine.arrivals.filter(({ isLive }) => !isLive)) {
    const source = network.get(arrival.from);
    if (!source) continue;
    remove(machine.arrivals, arrival);
    const { vmId, attempt } = arrival.domain;
    const isThere = source.domains.some((domain) => domain.vmId === vmId && domain.attempt === attempt);
    if (!isThere) machine.domains.push(arrival.domain);
    machine.changed();
    void machine.remember();
  }
}

function remove<Item>(items: Item[], item: Item): boolean {
  const index = items.indexOf(item);
  if (index !== -1) items.splice(index, 1);
  return index !== -1;
}
