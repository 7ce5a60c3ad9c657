import type { Definition } from '../../core/definition.ts';
import type { DefinitionBroken } from '../../core/definition-rules.ts';
import { domainXml } from '../../core/domain-xml.ts';
import type { DomainSpec, GuestChange, Guests } from '../../guests.ts';
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
    const ended = await deadline.within(virsh.act(['create', { xml: made.xml }, '--paused', '--validate'], spec.vm.id));
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

  /** Gone is what libvirt lists no longer, when nothing was on its way to be listed before. */
  async function destroy(vmId: string, deadline: Deadline): Promise<GuestChange> {
    const { virsh, events } = around;
    for (;;) {
      const mayCome = await virsh.isBringingTo(vmId);
      const domain = await domainOf(around, vmId);
      if (!domain && !mayCome) return DONE;
      const change = domain ? await end(domain.uuid, deadline) : DONE;
      if (change.kind !== 'done') return change;
      const isNews = async () => !(await virsh.isBringingTo(vmId)) || (await domainOf(around, vmId)) !== undefined;
      if (mayCome && !(await deadline.until(isNews, events.next))) return UNFINISHED;
    }
  }

  async function end(uuid: string, deadline: Deadline): Promise<GuestChange> {
    const { virsh, listing, events } = around;
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
