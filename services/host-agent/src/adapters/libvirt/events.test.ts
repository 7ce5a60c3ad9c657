import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { type LibvirtEvent, libvirtEvents } from './events.ts';
import type { Virsh } from './virsh.ts';

function followed() {
  const clock = virtualClock();
  const children: { tell: (line: string) => void; end: () => void; isStopped: boolean }[] = [];
  const virsh: Virsh = {
    ask: () => Promise.reject(new Error('nothing is asked')),
    act: () => Promise.reject(new Error('nothing is done')),
    isBringingTo: async () => false,
    follow: (_, onLine) => {
      const ended = Promise.withResolvers<void>();
      const child = { tell: onLine, end: ended.resolve, isStopped: false };
      children.push(child);
      return { ended: ended.promise, stop: () => Object.assign(child, { isStopped: true }) };
    },
  };
  return { clock, children, events: libvirtEvents({ virsh, clock, log: silentLog }) };
}

it('reads what libvirt tells, and nothing else', () => {
  const { children, events } = followed();
  const heard: (LibvirtEvent | null)[] = [];
  events.listen((event) => heard.push(event));
  children[0]?.tell("event 'device-removed' for domain 'a 'quoted' vm': ua-vnic-1");
  children[0]?.tell('event loop interrupted');
  children[0]?.tell('');
  expect(heard).toEqual([{ kind: 'device-removed', domain: "a 'quoted' vm", detail: 'ua-vnic-1' }]);
});

it('follows with one process for all who listen, and none when nobody does', () => {
  const { children, events } = followed();
  expect(children).toEqual([]);
  const stops = [events.listen(() => {}), events.listen(() => {})];
  expect(children).toHaveLength(1);
  stops[0]?.();
  expect(children[0]?.isStopped).toBe(false);
  stops[1]?.();
  expect(children[0]?.isStopped).toBe(true);
});

it('is followed again after libvirt went away, and says that something may have been missed', async () => {
  const { clock, children, events } = followed();
  const heard: (LibvirtEvent | null)[] = [];
  const stop = events.listen((event) => heard.push(event));
  const next = events.next();
  children[0]?.end();
  await next;
  expect(heard).toEqual([null]);
  await clock.advance(60_000);
  expect(children).toHaveLength(2);
  children[1]?.tell("event 'lifecycle' for domain 'a': Started Booted");
  expect(heard).toHaveLength(2);
  stop();
  children[1]?.end();
  await clock.advance(60_000);
  expect(children).toHaveLength(2);
});

it('starts no other process when it is stopped while libvirt is away', async () => {
  const { clock, children, events } = followed();
  const stop = events.listen(() => {});
  children[0]?.end();
  await clock.advance(1_000);
  stop();
  await clock.advance(60_000);
  expect(children).toHaveLength(1);
});
