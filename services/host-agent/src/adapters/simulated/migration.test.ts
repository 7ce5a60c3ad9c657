import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import type { AtomicFiles } from '../../atomic-files.ts';
import { bridgeInterface, domainSpec, vfInterface } from '../../testing/domain-specs.ts';
import { memoryFiles } from '../../testing/memory-files.ts';
import { passing } from '../../testing/passing.ts';
import { DEMO_SCENARIOS } from '../scenarios.ts';
import { type SimulatedHost, simulatedHost } from '../simulated-host.ts';
import { openSimulatedMemory } from './memory.ts';
import { simulatedNetwork } from './migration.ts';

const LONG = 1_000_000;
const VM = 'vm-1';
const DONE = { kind: 'done' };
const TO_B = { id: 'b', name: 'bravo' };

/** Machines a and b on one network; a runs the VM, with an interface on a bridge. One process simulates both. */
async function fleet() {
  const clock = virtualClock();
  const disk = memoryFiles();
  const process = writer(disk);
  const open = async (ids: readonly string[] = ['a', 'b'], files: AtomicFiles = disk) => {
    const network = simulatedNetwork();
    const opened = new Map<string, SimulatedHost>();
    for (const id of ids) {
      const memory = await openSimulatedMemory(files, id);
      opened.set(id, simulatedHost({ scenario: DEMO_SCENARIOS.alpha, clock, seed: id, memory, network }));
    }
    const machine = (id: string) => opened.get(id) as SimulatedHost;
    return { a: machine('a'), b: machine('b') };
  };
  const pass = <Value>(promise: Promise<Value>) => passing(clock, promise, { stepMs: 10 });
  const { a, b } = await open(['a', 'b'], process.files);
  await pass(a.guests.startPaused(domainSpec([bridgeInterface()]), LONG));
  await pass(a.guests.resume(VM, LONG));
  const where = (machines: { a: SimulatedHost; b: SimulatedHost }) => ({
    a: machines.a.domainsNow().map(({ vmId }) => vmId),
    b: machines.b.domainsNow().map(({ vmId }) => vmId),
  });
  return { clock, open, pass, a, b, where, process };
}

/** Files as one process writes them until it dies at a save, which may still become durable. */
function writer(disk: AtomicFiles) {
  const never = new Promise<never>(() => {});
  let death: { left: number; isDurable: boolean } | null = null;
  let isDead = false;
  const write = async (path: string, text: string) => {
    if (isDead) return never;
    isDead = death !== null && death.left-- === 0;
    if (!isDead || death?.isDurable) await disk.write(path, text);
    return isDead ? never : undefined;
  };
  return {
    files: { ...disk, write },
    dieAt: (left: number, isDurable: boolean) => {
      death = { left, isDurable };
    },
    isDead: () => isDead,
  };
}

describe('a migration', () => {
  it('moves a domain as it is, live', async () => {
    const { a, b, pass, where } = await fleet();
    const [before] = await a.guests.domains();
    const interfaces = await a.guests.interfacesOf(VM);
    expect(await pass(a.guests.migrate(VM, TO_B, LONG))).toEqual(DONE);
    expect(where({ a, b })).toEqual({ a: [], b: [VM] });
    expect(await b.guests.domains()).toEqual([before]);
    expect(await b.guests.interfacesOf(VM)).toEqual(interfaces);
  });

  it('is refused while the domain has a VF', async () => {
    const { a, b, pass, where } = await fleet();
    await pass(a.writeNumVfs('0000:05:00.0', 1, LONG));
    await pass(a.guests.bindVf('0000:05:10.0', 'vfio-pci', LONG));
    await pass(a.guests.attach(VM, vfInterface('0000:05:10.0', { n: 1 }), LONG));
    expect(await pass(a.guests.migrate(VM, TO_B, LONG))).toEqual({
      kind: 'failed',
      message: expect.stringContaining('cannot migrate a domain with <hostdev'),
    });
    expect(where({ a, b })).toEqual({ a: [VM], b: [] });
    await pass(a.guests.detach(VM, 'v1', LONG));
    const migrating = a.guests.migrate(VM, TO_B, LONG);
    await pass(a.guests.attach(VM, vfInterface('0000:05:10.0', { n: 1 }), LONG));
    expect(await pass(migrating), 'plugged meanwhile').toMatchObject({ kind: 'failed' });
    expect(where({ a, b })).toEqual({ a: [VM], b: [] });
  });

  it('takes along what was changed meanwhile', async () => {
    const { a, b, pass, open, clock } = await fleet();
    const migrating = a.guests.migrate(VM, TO_B, LONG);
    await pass(a.guests.attach(VM, bridgeInterface({ n: 1 }), LONG));
    expect(await pass(migrating)).toEqual(DONE);
    expect(await b.guests.interfacesOf(VM)).toHaveLength(2);
    await clock.advance(0);
    expect(await (await open()).b.guests.interfacesOf(VM)).toHaveLength(2);
  });

  it('fails to a machine that is off, goes off, or has a domain of the name', async () => {
    const { a, b, pass, clock, where } = await fleet();
    const migrate = () => pass(a.guests.migrate(VM, TO_B, LONG));
    await b.powerOff();
    expect(await migrate()).toMatchObject({ kind: 'failed', message: expect.stringContaining('bravo') });
    await b.reboot();
    const migrating = a.guests.migrate(VM, TO_B, LONG);
    await clock.advance(1_000);
    await b.powerOff();
    expect(await pass(migrating)).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('lost connection'),
    });
    await b.reboot();
    await b.startForeignDomain(VM, []);
    expect(await migrate()).toMatchObject({ kind: 'failed', message: expect.stringContaining('already active') });
    await b.endForeignDomain(VM);
    expect(await migrate()).toEqual(DONE);
    expect(where({ a, b })).toEqual({ a: [], b: [VM] });
  });

  it('is cancelled when it does not end in time, and fails as a fault says', async () => {
    const { a, b, pass, clock, where } = await fleet();
    a.inject({ kind: 'migrate-fails', message: 'dirty too fast' });
    expect(await pass(a.guests.migrate(VM, TO_B, LONG))).toEqual({ kind: 'failed', message: 'dirty too fast' });
    const end = a.inject({ kind: 'guest-slow', ms: 60_000 });
    expect(await pass(a.guests.migrate(VM, TO_B, 10_000))).toMatchObject({
      message: expect.stringContaining('canceled'),
    });
    end();
    await clock.advance(200_000);
    expect(where({ a, b })).toEqual({ a: [VM], b: [] });
  });

  it('may hang, and move the domain long after nobody waits any more', async () => {
    const { a, b, pass, clock, where } = await fleet();
    const end = a.inject({ kind: 'migrate-hangs' });
    expect(await pass(a.guests.migrate(VM, TO_B, 10_000))).toEqual({ kind: 'unfinished' });
    expect(where({ a, b })).toEqual({ a: [VM], b: [] });
    end();
    await clock.advance(1_000);
    expect(where({ a, b })).toEqual({ a: [], b: [VM] });
  });

  it('does not move a domain that dies meanwhile', async () => {
    const { a, b, pass, clock, where } = await fleet();
    const migrating = a.guests.migrate(VM, TO_B, LONG);
    await clock.advance(1_000);
    await a.killDomain(VM);
    expect(await pass(migrating)).toMatchObject({ kind: 'failed' });
    expect(where({ a, b })).toEqual({ a: [], b: [] });
  });
});

describe('a move that is cut off when its process is killed', () => {
  it.each([
    { atSave: 0, isDurable: false, on: 'a' },
    { atSave: 0, isDurable: true, on: 'a' },
    { atSave: 1, isDurable: false, on: 'a' },
    { atSave: 1, isDurable: true, on: 'b' },
    { atSave: 2, isDurable: false, on: 'b' },
    { atSave: 2, isDurable: true, on: 'b' },
  ])('at save $atSave, durable: $isDurable, leaves the domain on $on alone', async ({ atSave, isDurable, on }) => {
    const { a, clock, open, where, process } = await fleet();
    process.dieAt(atSave, isDurable);
    void a.guests.migrate(VM, TO_B, LONG);
    await clock.advance(10_000);
    expect(process.isDead()).toBe(true);
    const expected = on === 'a' ? { a: [VM], b: [] } : { a: [], b: [VM] };
    expect(where(await open(['b', 'a']))).toEqual(expected);
    await clock.advance(0);
    const last = await open();
    expect(where(last)).toEqual(expected);
    expect(await last[on as 'a' | 'b'].guests.domains()).toMatchObject([{ vmId: VM, state: 'running', attempt: 1 }]);
  });
});
