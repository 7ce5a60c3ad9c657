import type { Definition } from '../../core/definition.ts';
import type { DefinitionBroken } from '../../core/definition-rules.ts';
import { domainXml } from '../../core/domain-xml.ts';
import type { DomainSpec, GuestChange, Guests } from '../../guests.ts';
import type { Ended } from '../linux/run-to-end.ts';
import { type Deadline, deadlineIn } from './deadline.ts';
import { DONE, failed, noDomain, refused, toldWhenAway, UNFINISHED } from './guest-change.ts';
import { readXml, XmlRefused } from './read-xml.ts';
import { domainOf, type LibvirtSurroundings } from './surroundings.ts';
import { whoseDevice } from './whose-device.ts';

/** A guest that is still booting does not hear the first request. */
const ASK_AGAIN_MS = 5_000;

/**
 * Starts and ends domains. They are transient: one that ended leaves nothing in libvirt. What does not end in time is
 * left to itself and looked at: ending virsh would not end what libvirt does.
 */
export function domainLives(
  around: LibvirtSurroundings,
): Pick<Guests, 'startPaused' | 'resume' | 'shutDown' | 'destroy'> {
  /** Domains that are being started, by VM: they may come up though nobody waits for them any longer. */
  const starting = new Map<string, Promise<Ended>>();

  return {
    startPaused: (spec, deadlineMs) => toldWhenAway(() => start(spec, deadlineIn(around.clock, deadlineMs))),
    resume: (vmId, deadlineMs) => toldWhenAway(() => resume(vmId, deadlineIn(around.clock, deadlineMs))),
    shutDown: (vmId, deadlineMs) => toldWhenAway(() => shutDown(vmId, deadlineMs)),
    destroy: (vmId, deadlineMs) => toldWhenAway(() => destroy(vmId, deadlineIn(around.clock, deadlineMs))),
  };

  async function start(spec: DomainSpec, deadline: Deadline): Promise<GuestChange> {
    const { virsh, bridgeOf, newUuid } = around;
    const made = domainXml(definitionOf(spec.domainXml), { spec, bridgeOf, newUuid: newUuid() });
    if (!made.ok) return notStarted(made.broken);
    const there = await domainOf(around, spec.vm.id);
    if (there) return failed(`the domain ${there.report.name} of the virtual machine is there already`);
    const created = virsh.act(['create', { xml: made.xml }, '--paused', '--validate']);
    starting.set(spec.vm.id, created);
    const forget = () => {
      if (starting.get(spec.vm.id) === created) starting.delete(spec.vm.id);
    };
    created.then(forget, forget);
    const ended = await deadline.within(created);
    if (!ended.inTime) return UNFINISHED;
    return ended.value.exitCode === 0 ? DONE : whoseDevice(around, refused(ended.value));
  }

  async function resume(vmId: string, deadline: Deadline): Promise<GuestChange> {
    const domain = await domainOf(around, vmId);
    if (!domain) return noDomain(vmId);
    const ended = await deadline.within(around.virsh.act(['resume', domain.uuid]));
    if (ended.inTime) return ended.value.exitCode === 0 ? DONE : refused(ended.value);
    return (await domainOf(around, vmId))?.report.state === 'running' ? DONE : UNFINISHED;
  }

  async function shutDown(vmId: string, deadlineMs: number): Promise<GuestChange> {
    const { virsh, listing, clock, events } = around;
    const uuid = (await domainOf(around, vmId))?.uuid;
    if (uuid === undefined) return DONE;
    const deadline = deadlineIn(clock, deadlineMs);
    const isGone = async () => !(await listing.isListed(uuid));
    while (deadline.left() > 0) {
      const asked = await virsh.ask(['shutdown', uuid]);
      if (asked.exitCode !== 0) return (await isGone()) ? DONE : refused(asked);
      const round = deadlineIn(clock, Math.min(ASK_AGAIN_MS, deadline.left()));
      if (await round.until(isGone, events.next)) return DONE;
    }
    return failed(`the guest has not shut down within ${deadlineMs / 1000} s`);
  }

  /** Gone is what libvirt lists no longer. One that is being started is not gone when it is not listed yet. */
  async function destroy(vmId: string, deadline: Deadline): Promise<GuestChange> {
    const { virsh, listing, events } = around;
    const coming = starting.get(vmId);
    const uuid = (await domainOf(around, vmId))?.uuid;
    if (uuid === undefined) {
      if (!coming) return DONE;
      const isOver = (await deadline.within(coming.catch(() => {}))).inTime;
      return isOver ? destroy(vmId, deadline) : UNFINISHED;
    }
    const isGone = async () => !(await listing.isListed(uuid));
    const ended = await deadline.within(virsh.act(['destroy', uuid]));
    if (ended.inTime && ended.value.exitCode !== 0) return (await isGone()) ? DONE : refused(ended.value);
    return (await deadline.until(isGone, events.next)) ? DONE : UNFINISHED;
  }
}

function definitionOf(source: string | null): Definition {
  if (source === null) return null;
  try {
    return { source, root: readXml(source) };
  } catch (error) {
    if (error instanceof XmlRefused) return { unreadable: error.message };
    throw error;
  }
}

function notStarted(broken: readonly DefinitionBroken[]): GuestChange {
  const [first] = broken;
  if (!first) throw new Error('a definition was refused for no reason');
  const unique = (texts: readonly string[]) => [...new Set(texts)];
  return failed(unique(broken.map(({ cause }) => cause)).join('; '), {
    code: first.code,
    remedy: unique(broken.map(({ remedy }) => remedy)).join(' '),
  });
}
