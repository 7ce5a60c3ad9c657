import { expect, it } from 'vitest';
import { bridgeInterface, vfInterface } from '../../testing/domain-specs.ts';
import { libvirtUnderTest } from '../../testing/libvirt-under-test.ts';

const VM = 'vm-1';
const LONG = 1_000_000;
const DONE = { kind: 'done' };
const green = { id: 'green', name: 'green', vlanId: 200, mtu: 1500 };

it('plugs the twin of a VF before it, shows no vNIC for it, and takes it out behind it', async () => {
  const { run, domains, pass, said, vfs, host } = await libvirtUnderTest();
  await run();
  const plugged = { ...vfInterface(vfs[0]), failover: green };
  expect(await pass(domains.attach(VM, plugged, LONG))).toMatchObject(DONE);
  expect(await domains.interfacesOf(VM)).toMatchObject([{ vnicId: 'v0' }]);
  expect(host.domainsNow()[0]?.interfaces.map(({ vnicId }) => vnicId)).toEqual(['ua-twin-v0', 'ua-vnic-v0']);
  said.length = 0;
  expect(await pass(domains.detach(VM, 'v0', LONG))).toEqual(DONE);
  expect(said.map((each) => each.split(' ')[2])).toEqual(['ua-vnic-v0', 'ua-twin-v0']);
  expect(host.domainsNow()[0]?.interfaces).toEqual([]);
});

it('keeps the twin while a domain moves, finds it there again, and takes it out though it is alone', async () => {
  const { run, domains, pass, vfs, host } = await libvirtUnderTest();
  const aliases = () => host.domainsNow()[0]?.interfaces.map(({ vnicId }) => vnicId);
  await run([{ ...vfInterface(vfs[0]), failover: green }]);
  expect(await pass(domains.detach(VM, 'v0', LONG, { keepTwin: true }))).toEqual(DONE);
  expect(aliases()).toEqual(['ua-twin-v0']);
  expect(await domains.interfacesOf(VM)).toEqual([]);
  expect(await pass(domains.attach(VM, { ...vfInterface(vfs[1]), failover: green }, LONG))).toMatchObject(DONE);
  expect(aliases()).toEqual(['ua-twin-v0', 'ua-vnic-v0']);
  await pass(domains.detach(VM, 'v0', LONG, { keepTwin: true }));
  expect(await pass(domains.detach(VM, 'v0', LONG))).toEqual(DONE);
  expect(aliases()).toEqual([]);
});

it('leaves no twin of a VF that cannot be plugged', async () => {
  const { run, domains, pass, vfs, host } = await libvirtUnderTest();
  await run();
  await pass(host.guests.bindVf(vfs[0], 'network', LONG));
  expect(await pass(domains.attach(VM, { ...vfInterface(vfs[0]), failover: green }, LONG))).toMatchObject({
    kind: 'failed',
    because: { code: 'VF_NOT_BOUND' },
  });
  expect(host.domainsNow()[0]?.interfaces).toEqual([]);
});

it('says which network has no bridge here', async () => {
  const { run, domains, pass, said } = await libvirtUnderTest();
  await run();
  const plugged = { ...bridgeInterface(), network: { ...green, name: 'a network of people' } };
  expect(await pass(domains.attach(VM, plugged, LONG))).toMatchObject({
    kind: 'failed',
    because: { code: 'NETWORK_WITHOUT_BRIDGE', remedy: expect.stringContaining('VFLEET_BRIDGES') },
  });
  expect(said).toEqual([]);
});

it('F62: tells at once of a guest that refuses to let go', async () => {
  const { run, domains, pass, vfs, host, clock } = await libvirtUnderTest();
  await run([vfInterface(vfs[0])]);
  host.inject({ kind: 'guest-refuses-unplug', says: true });
  const before = clock.now();
  expect(await pass(domains.detach(VM, 'v0', LONG))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('the guest refused'),
  });
  expect(clock.now() - before).toBeLessThan(5_000);
  expect(await domains.interfacesOf(VM)).toMatchObject([{ vnicId: 'v0' }]);
});

it('F62: waits for a silent guest, goes on waiting when asked again, and sees it let go', async () => {
  const { run, domains, pass, vfs, host, said } = await libvirtUnderTest();
  await run([vfInterface(vfs[0])]);
  const relent = host.inject({ kind: 'guest-refuses-unplug' });
  expect(await pass(domains.detach(VM, 'v0', 20_000))).toEqual({ kind: 'unfinished' });
  expect(await pass(domains.detach(VM, 'v0', 20_000))).toEqual({ kind: 'unfinished' });
  relent();
  expect(await pass(domains.detach(VM, 'v0', 20_000))).toEqual(DONE);
  expect(said).toHaveLength(said.filter((each) => each.startsWith('detach-device-alias')).length);
  expect((await domains.domains())[0]?.vfs).toEqual([]);
});

it('sees a guest let go though no event is heard', async () => {
  const { run, domains, pass, vfs } = await libvirtUnderTest({
    through: (virsh) => ({ ...virsh, follow: () => ({ ended: new Promise(() => {}), stop: () => {} }) }),
  });
  await run([vfInterface(vfs[0])]);
  expect(await pass(domains.detach(VM, 'v0', 20_000))).toEqual(DONE);
});

it('finds a device that came though its plugging took too long', async () => {
  const { run, domains, pass, vfs, host } = await libvirtUnderTest();
  await run();
  const on = host.inject({ kind: 'attach-hangs' });
  const attaching = pass(domains.attach(VM, vfInterface(vfs[0]), 5_000));
  expect(await attaching).toEqual({ kind: 'unfinished' });
  on();
  expect(await pass(domains.attach(VM, vfInterface(vfs[0]), LONG))).toMatchObject({ kind: 'failed' });
  expect(await domains.interfacesOf(VM)).toMatchObject([{ vnicId: 'v0' }]);
});

it('does not call a device gone that is still being plugged, and unplugs it when it came', async () => {
  const { run, domains, pass, vfs, host } = await libvirtUnderTest();
  await run();
  const on = host.inject({ kind: 'attach-hangs' });
  expect(await pass(domains.attach(VM, vfInterface(vfs[0]), 5_000))).toEqual({ kind: 'unfinished' });
  expect(await domains.mayStillCome(VM)).toBe(true);
  expect(await pass(domains.detach(VM, 'v0', 5_000))).toEqual({ kind: 'unfinished' });
  const detached = domains.detach(VM, 'v0', LONG);
  on();
  expect(await pass(detached)).toEqual(DONE);
  expect(await domains.mayStillCome(VM)).toBe(false);
  expect((await domains.domains())[0]?.vfs).toEqual([]);
});
