import { expect, it } from 'vitest';
import { domainSpec, vfInterface } from '../../testing/domain-specs.ts';
import { DEFINITION, libvirtUnderTest } from '../../testing/libvirt-under-test.ts';
import type { Virsh } from './virsh.ts';

const VM = 'vm-1';
const LONG = 1_000_000;
const DONE = { kind: 'done' };

it.each([
  ['no definition', null, 'DOMAIN_XML_MISSING'],
  ['one that is not well-formed', '<domain><name>a</domain>', 'DOMAIN_XML_MALFORMED'],
  [
    'one with a DOCTYPE',
    '<!DOCTYPE domain [<!ENTITY a "b">]><domain><name>&a;</name></domain>',
    'DOMAIN_XML_MALFORMED',
  ],
])('starts no VM with %s, and says what to do', async (_, domainXml, code) => {
  const { domains, pass, said } = await libvirtUnderTest();
  expect(await pass(domains.startPaused({ ...domainSpec([]), domainXml }, LONG))).toMatchObject({
    kind: 'failed',
    because: { code, remedy: expect.stringContaining('definition') },
  });
  expect(said).toEqual([]);
});

it('starts transient domains, paused, against libvirt’s schema', async () => {
  const { start, said } = await libvirtUnderTest();
  expect(await start()).toEqual(DONE);
  expect(said).toEqual(['create <xml> --paused --validate']);
});

it('F53: tells a VF that a domain has from one that libvirt only counts to it', async () => {
  const { host, domains, pass, vfs, start } = await libvirtUnderTest();
  await start([vfInterface(vfs[0])]);
  const second = (vf: string) =>
    pass(domains.startPaused({ ...domainSpec([vfInterface(vf)], { id: 'vm-2' }), domainXml: DEFINITION }, LONG));
  expect(await second(vfs[0])).toMatchObject({
    message: expect.stringContaining('in use by driver QEMU, domain vm-1'),
    because: { code: 'VF_IN_USE_BY_DOMAIN' },
  });
  host.inject({ kind: 'start-fails', message: staleUse(vfs[1], 'vm-1') });
  expect(await second(vfs[1])).toMatchObject({
    because: { code: 'LIBVIRT_COUNTS_WRONG', remedy: expect.stringContaining('Restart libvirtd') },
  });
  host.inject({ kind: 'start-fails', message: staleUse(vfs[1], 'gone') });
  expect(await second(vfs[1])).toMatchObject({ because: { code: 'LIBVIRT_COUNTS_WRONG' } });
});

it('leaves a start to itself that takes too long, and ends its domain when asked', async () => {
  const { start, domains, pass, clock } = await libvirtUnderTest({ faults: [{ kind: 'guest-slow', ms: 60_000 }] });
  expect(await start([], 10_000)).toEqual({ kind: 'unfinished' });
  expect(await domains.domains()).toMatchObject([{ vmId: VM, state: 'paused' }]);
  expect(await pass(domains.destroy(VM, LONG))).toEqual(DONE);
  await clock.advance(100_000);
  expect(await domains.domains()).toEqual([]);
});

it('does not call a domain gone that is still to come, and ends it when it came', async () => {
  const gate = Promise.withResolvers<void>();
  const through = (virsh: Virsh): Virsh => ({
    ...virsh,
    act: async (args) => {
      if (args[0] === 'create') await gate.promise;
      return virsh.act(args);
    },
  });
  const { start, domains, pass } = await libvirtUnderTest({ through });
  expect(await start([], 10_000)).toEqual({ kind: 'unfinished' });
  expect(await domains.domains()).toEqual([]);
  expect(await pass(domains.destroy(VM, 5_000))).toEqual({ kind: 'unfinished' });
  const destroyed = domains.destroy(VM, LONG);
  gate.resolve();
  expect(await pass(destroyed)).toEqual(DONE);
  expect(await domains.domains()).toEqual([]);
});

it('asks a guest again that does not shut down, as one that is booting does not hear it', async () => {
  const { run, domains, pass, said, host } = await libvirtUnderTest();
  await run();
  host.inject({ kind: 'guest-ignores-shutdown' });
  expect(await pass(domains.shutDown(VM, 12_000))).toMatchObject({
    kind: 'failed',
    message: 'the guest has not shut down within 12 s',
  });
  expect(said.filter((each) => each.startsWith('shutdown'))).toHaveLength(3);
  expect(await domains.domains()).toMatchObject([{ vmId: VM }]);
});

it('tells libvirt’s words when it cannot end a domain', async () => {
  const message = 'Failed to terminate process 123 with SIGKILL: Device or resource busy';
  const { run, domains, pass, host } = await libvirtUnderTest();
  await run();
  host.inject({ kind: 'destroy-fails', message });
  expect(await pass(domains.destroy(VM, LONG))).toMatchObject({ kind: 'failed', message });
  expect(await domains.domains()).toMatchObject([{ vmId: VM }]);
});

it('says that libvirt is away, with a remedy, and takes nothing for gone', async () => {
  const { run, domains, pass, daemon, vfs } = await libvirtUnderTest();
  await run([vfInterface(vfs[0])]);
  daemon.stop();
  const away = {
    kind: 'failed',
    message: expect.stringContaining('Failed to connect socket'),
    because: { code: 'LIBVIRT_AWAY', remedy: expect.stringContaining('systemctl status libvirtd') },
  };
  const spec = { ...domainSpec([], { id: 'vm-2' }), domainXml: DEFINITION };
  expect(await pass(domains.startPaused(spec, LONG))).toMatchObject(away);
  expect(await pass(domains.resume(VM, LONG))).toMatchObject(away);
  expect(await pass(domains.shutDown(VM, LONG))).toMatchObject(away);
  expect(await pass(domains.destroy(VM, LONG))).toMatchObject(away);
  expect(await pass(domains.attach(VM, vfInterface(vfs[1], { n: 1 }), LONG))).toMatchObject(away);
  expect(await pass(domains.detach(VM, 'v0', LONG))).toMatchObject(away);
  expect(await pass(domains.migrate(VM, { id: 'b', name: 'b' }, LONG))).toMatchObject(away);
  await expect(domains.domains()).rejects.toThrow('does not list its domains');
  await expect(domains.interfacesOf(VM)).rejects.toThrow('does not list its domains');
  await expect(domains.adopt(VM, { placementId: 'p', attempt: 2 })).rejects.toThrow('does not list its domains');
  daemon.start();
  expect(await domains.domains()).toMatchObject([{ vmId: VM, state: 'running' }]);
});

function staleUse(vf: string, domain: string): string {
  return `Requested operation is not valid: PCI device ${vf} is in use by driver QEMU, domain ${domain}`;
}
