import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { withoutBridge } from '../../core/definition-rules.ts';
import { interfaceXmls } from '../../core/interface-xml.ts';
import { aliasOf, twinAliasOf } from '../../core/vnic-alias.ts';
import type { GuestChange, Guests } from '../../guests.ts';
import { type Deadline, deadlineIn } from './deadline.ts';
import { DONE, failed, noDomain, refused, toldWhenAway, UNFINISHED } from './guest-change.ts';
import { domainOf, type LibvirtSurroundings } from './surroundings.ts';
import { isAway, wordsOf } from './virsh.ts';
import { whoseDevice } from './whose-device.ts';

/** How long a twin may take to go again when its VF could not be plugged. */
const TAKE_BACK_MS = 5_000;

/** Plugs and unplugs the interfaces of domains that are there. */
export function domainPlugs(around: LibvirtSurroundings): Pick<Guests, 'attach' | 'detach'> {
  const { virsh, listing, clock, bridgeOf, events } = around;

  return {
    attach: (vmId, plugged, deadlineMs) => toldWhenAway(() => attach(vmId, plugged, deadlineIn(clock, deadlineMs))),
    detach: (vmId, vnicId, deadlineMs, { keepTwin } = { keepTwin: false }) => {
      const aliases = keepTwin ? [aliasOf(vnicId)] : [aliasOf(vnicId), twinAliasOf(vnicId)];
      return toldWhenAway(() => detach(vmId, aliases, deadlineIn(clock, deadlineMs)));
    },
  };

  async function attach(
    vmId: string,
    plugged: DomainInterface,
    deadline: Deadline,
  ): Promise<GuestChange & { guestPciAddress?: string | null }> {
    const [broken] = withoutBridge([plugged], bridgeOf);
    if (broken) return failed(broken.cause, broken);
    const domain = await domainOf(around, vmId);
    if (!domain) return noDomain(vmId);
    const vnicId = plugged.vnic.id;
    const [device = '', twin] = interfaceXmls(plugged, bridgeOf).toReversed();
    const hasTwin = domain.aliases.includes(twinAliasOf(vnicId));
    const isTwinNew = twin !== undefined && !hasTwin;
    if (isTwinNew) {
      const change = await attachDevice(vmId, { uuid: domain.uuid, xml: twin }, deadline);
      if (change.kind !== 'done') return change;
    }
    const change = await attachDevice(vmId, { uuid: domain.uuid, xml: device }, deadline);
    if (change.kind === 'failed') {
      if (isTwinNew) await letGo(domain.uuid, twinAliasOf(vnicId), deadlineIn(clock, TAKE_BACK_MS));
      return whoseDevice(around, change);
    }
    const there = (await domainOf(around, vmId))?.interfaces.find((each) => each.vnicId === vnicId);
    if (there) return { ...DONE, guestPciAddress: there.guestPciAddress };
    return change.kind === 'unfinished'
      ? change
      : failed('libvirt said that the device is plugged, and does not show it');
  }

  async function attachDevice(
    vmId: string,
    { uuid, xml }: { uuid: string; xml: string },
    deadline: Deadline,
  ): Promise<GuestChange> {
    const ended = await deadline.within(virsh.act(['attach-device', uuid, { xml }, '--live'], vmId));
    if (!ended.inTime) return UNFINISHED;
    return ended.value.exitCode === 0 ? DONE : refused(ended.value);
  }

  /**
   * The VF goes first: while its guest still uses it, the twin behind it has to stay. What is not there is waited for
   * while something is being plugged still.
   */
  async function detach(vmId: string, aliases: readonly string[], deadline: Deadline): Promise<GuestChange> {
    const isAllThere = async () =>
      aliases.every((alias) => there?.includes(alias)) || !(await virsh.isBringingTo(vmId));
    let there: readonly string[] | undefined;
    const isSettled = async () => {
      there = (await domainOf(around, vmId))?.aliases;
      return isAllThere();
    };
    if (!(await deadline.until(isSettled, events.next))) return UNFINISHED;
    const domain = await domainOf(around, vmId);
    if (!domain) return noDomain(vmId);
    for (const alias of aliases) {
      if (!domain.aliases.includes(alias)) continue;
      const change = await letGo(domain.uuid, alias, deadline);
      if (change.kind !== 'done') return change;
    }
    return DONE;
  }

  /**
   * libvirt only asks the guest, and says so at once. What counts is that the device is gone from the live XML, which
   * libvirt takes it from when QEMU reports it deleted; a guest that refuses is heard of by an event. One that was asked
   * before and did not answer is still being asked.
   */
  async function letGo(uuid: string, alias: string, deadline: Deadline): Promise<GuestChange> {
    let isRefused = false;
    const stop = events.listen((event) => {
      if (event?.kind === 'device-removal-failed' && event.detail === alias) isRefused = true;
    });
    try {
      const asked = await deadline.within(virsh.act(['detach-device-alias', uuid, alias, '--live']));
      const isGone = async () => !(await listing.aliasesOf(uuid))?.includes(alias);
      if (asked.inTime && asked.value.exitCode !== 0 && !isBeingAsked(wordsOf(asked.value))) {
        if (isAway(asked.value) || !(await isGone())) return refused(asked.value);
      }
      await deadline.until(async () => isRefused || (await isGone()), events.next);
      if (await isGone()) return DONE;
      return isRefused ? failed(`the guest refused to let go of the device ${alias}`) : UNFINISHED;
    } finally {
      stop();
    }
  }
}

function isBeingAsked(words: string): boolean {
  return /already in the process of unplug/i.test(words);
}
