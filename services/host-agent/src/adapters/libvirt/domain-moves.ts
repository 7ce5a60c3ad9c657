import { METADATA_KEY, METADATA_NAMESPACE, metadataToSet } from '../../core/domain-metadata.ts';
import type { GuestChange, Guests } from '../../guests.ts';
import { type Deadline, deadlineIn } from './deadline.ts';
import { DONE, failed, noDomain, refused, toldWhenAway, UNFINISHED } from './guest-change.ts';
import { domainOf, type LibvirtSurroundings } from './surroundings.ts';
import { HypervisorAway, wordsOf } from './virsh.ts';

/** How long libvirt may take to call a migration off. */
const CALL_OFF_MS = 15_000;

/**
 * Moves domains to the libvirt of another host, and takes over what came from one. The two libvirts move it between
 * themselves (peer to peer), so the domain stays on one of them, whole, whatever becomes of this agent.
 */
export function domainMoves(around: LibvirtSurroundings): Pick<Guests, 'migrate' | 'callOff' | 'adopt'> {
  const { virsh, listing, clock, uriOf } = around;

  return {
    migrate: (vmId, destination, deadlineMs) =>
      toldWhenAway(() => migrate(vmId, destination.name, deadlineIn(clock, deadlineMs))),
    callOff: (vmId, deadlineMs) => toldWhenAway(() => callOff(vmId, deadlineIn(clock, deadlineMs))),
    adopt: async (vmId, { placementId, attempt }) => {
      const domain = await domainOf(around, vmId);
      if (!domain) return;
      const kept = metadataToSet({ vmId, placementId, attempt }, domain.uuid);
      const answer = await virsh.ask([
        ...['metadata', domain.uuid, '--uri', METADATA_NAMESPACE, '--key', METADATA_KEY],
        ...['--set', kept, '--live'],
      ]);
      if (answer.exitCode === 0 || !(await domainOf(around, vmId))) return;
      throw new HypervisorAway(`libvirt does not keep whose domain ${domain.report.name} is: ${wordsOf(answer)}`);
    },
  };

  /** libvirt goes on with a move whoever has asked for it. A job of another kind is an administrator's, and is left alone. */
  async function callOff(vmId: string, deadline: Deadline): Promise<GuestChange> {
    const domain = await domainOf(around, vmId);
    if (!domain) return DONE;
    const isOver = async () => {
      const job = await virsh.ask(['domjobinfo', domain.uuid]);
      if (job.exitCode !== 0) return !(await listing.isListed(domain.uuid));
      if (!/^Operation:\s+Outgoing migration\s*$/m.test(job.stdout)) return true;
      await virsh.ask(['domjobabort', domain.uuid]);
      return false;
    };
    return (await deadline.until(isOver)) ? DONE : UNFINISHED;
  }

  async function migrate(vmId: string, host: string, deadline: Deadline): Promise<GuestChange> {
    const domain = await domainOf(around, vmId);
    if (!domain) return noDomain(vmId);
    const uri = uriOf(host);
    if (uri === undefined) {
      return failed(`no libvirt can be addressed by the host name ${host}`, {
        code: 'DESTINATION_UNREACHABLE',
        remedy: 'Give the host the name by which the others resolve it, or set VFLEET_MIGRATION_URI of the agent.',
      });
    }
    const moving = virsh.act(['migrate', domain.uuid, uri, '--live', '--p2p']);
    const ended = await deadline.within(moving);
    if (ended.inTime) return ended.value.exitCode === 0 ? DONE : refused(ended.value);
    await virsh.ask(['domjobabort', domain.uuid]);
    const calledOff = await deadlineIn(clock, CALL_OFF_MS).within(moving);
    if (!calledOff.inTime) return UNFINISHED;
    return calledOff.value.exitCode === 0 ? DONE : refused(calledOff.value);
  }
}
