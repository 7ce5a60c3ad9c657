import { expect, it } from 'vitest';
import { libvirtUnderTest } from '../../testing/libvirt-under-test.ts';
import { hypervisorVersion } from './hypervisor-version.ts';
import { HypervisorAway } from './virsh.ts';

it('names libvirt by the version of its daemon, and nothing while it is away', async () => {
  const { virsh, daemon } = await libvirtUnderTest();
  expect(await hypervisorVersion(virsh)).toBe('libvirt 9.0.0');
  daemon.stop();
  expect(await hypervisorVersion(virsh)).toBeNull();
  const hangs = { ...virsh, ask: () => Promise.reject(new HypervisorAway('it did not answer within 10 s')) };
  expect(await hypervisorVersion(hangs)).toBeNull();
});
