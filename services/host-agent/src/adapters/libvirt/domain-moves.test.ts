import { expect, it } from 'vitest';
import { libvirtUnderTest } from '../../testing/libvirt-under-test.ts';
import type { Virsh } from './virsh.ts';

const VM = 'vm-1';
const LONG = 1_000_000;

/** libvirt whose migrations go on until they are called off, or for ever. */
function endless({ hears }: { hears: boolean }): (virsh: Virsh) => Virsh {
  const ended = Promise.withResolvers<{ exitCode: number; stdout: string; stderr: string }>();
  const stderr = 'error: operation aborted: migration out job: canceled by client';
  return (virsh) => ({
    ...virsh,
    act: (args) => (args[0] === 'migrate' ? ended.promise : virsh.act(args)),
    ask: async (args) => {
      if (args[0] !== 'domjobabort') return virsh.ask(args);
      if (hears) ended.resolve({ exitCode: 1, stdout: '', stderr });
      return { exitCode: 0, stdout: '', stderr: '' };
    },
  });
}

it('moves a domain between the two libvirts, live, to the one that the setting names', async () => {
  const { run, domains, pass, said } = await libvirtUnderTest();
  await run();
  await pass(domains.migrate(VM, { id: 'h2', name: 'bravo.example' }, LONG));
  expect(said).toEqual([expect.stringMatching(/^migrate \S+ qemu\+tls:\/\/bravo\.example\/system --live --p2p$/)]);
});

it.each(['a host', 'a/b', '-oProxyCommand=x', ''])('asks no libvirt for a host called %j', async (name) => {
  const { run, domains, pass, said } = await libvirtUnderTest();
  await run();
  expect(await pass(domains.migrate(VM, { id: 'h2', name }, LONG))).toMatchObject({
    kind: 'failed',
    because: { code: 'DESTINATION_UNREACHABLE' },
  });
  expect(said).toEqual([]);
});

it('calls a migration off that makes no end, and tells so', async () => {
  const { run, domains, pass } = await libvirtUnderTest({ through: endless({ hears: true }) });
  await run();
  expect(await pass(domains.migrate(VM, { id: 'h2', name: 'bravo' }, 10_000))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('canceled by client'),
  });
  expect(await domains.domains()).toMatchObject([{ vmId: VM, state: 'running' }]);
});

it('does not know how a migration ends that cannot be called off', async () => {
  const { run, domains, pass } = await libvirtUnderTest({ through: endless({ hears: false }) });
  await run();
  expect(await pass(domains.migrate(VM, { id: 'h2', name: 'bravo' }, 10_000))).toEqual({ kind: 'unfinished' });
});

it('calls off a move that an earlier agent began, and no other job', async () => {
  let job = 'Outgoing migration';
  const asked: string[] = [];
  const { run, domains, pass } = await libvirtUnderTest({
    through: (virsh) => ({
      ...virsh,
      ask: async (args) => {
        if (args[0] !== 'domjobinfo' && args[0] !== 'domjobabort') return virsh.ask(args);
        asked.push(args[0]);
        if (args[0] === 'domjobinfo') return { exitCode: 0, stdout: `Operation:        ${job}\n`, stderr: '' };
        if (asked.length > 3) job = 'Unknown';
        return { exitCode: 0, stdout: '', stderr: '' };
      },
    }),
  });
  await run();
  expect(await pass(domains.callOff('nobody', LONG))).toEqual({ kind: 'done' });
  expect(await pass(domains.callOff(VM, LONG))).toEqual({ kind: 'done' });
  expect(asked).toEqual(['domjobinfo', 'domjobabort', 'domjobinfo', 'domjobabort', 'domjobinfo']);
  job = 'Backup';
  expect(await pass(domains.callOff(VM, LONG))).toEqual({ kind: 'done' });
  expect(asked.slice(5)).toEqual(['domjobinfo']);
});
