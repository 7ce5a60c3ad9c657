import type { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import * as fc from 'fast-check';
import type { FaultInput } from '../adapters/simulated/faults.ts';
import { PF } from './agent-under-test.ts';
import { passing } from './passing.ts';
import { vmInvariants } from './vm-invariants.ts';
import { onBridge, onVf, type VmsUnderTest } from './vms-under-test.ts';

const VMS = ['vm1', 'vm2'];
export const VFS = [0, 1, 2];

/** What happens to an agent; which message it is that comes is told by what came before. `nth` counts from the newest. */
export type Happening =
  | { kind: 'start' | 'attach' | 'detach'; vm: string; vfs: number[]; thenMs: number }
  | { kind: 'stop'; vm: string; force: boolean; thenMs: number }
  | { kind: 'again'; nth: number }
  | { kind: 'clean'; nth: number; count: number }
  | { kind: 'floor'; below: number }
  | { kind: 'pass'; ms: number }
  | { kind: 'die'; atCall: number; when: 'before' | 'after' }
  | { kind: 'cut' }
  | { kind: 'domain-dies'; vm: string }
  | { kind: 'reboot' }
  | { kind: 'fault'; fault: FaultInput };

type Sent = { step: string; send: () => Promise<void> };

const vm = fc.constantFrom(...VMS);
const vfs = fc.uniqueArray(fc.constantFrom(...VFS), { maxLength: 2 });
/** Mostly long enough for what was sent to end. */
const thenMs = fc.constantFrom(0, 40, 300, 3_000, 3_000, 3_000);
const calls = fc.record({ skip: fc.nat(2) });
const onPf = { pf: fc.constant(PF), calls };

const fault: fc.Arbitrary<FaultInput> = fc.oneof(
  fc.record({ kind: fc.constant('start-fails' as const), message: fc.constant('no such disk') }),
  fc.record({ kind: fc.constant('dies-while-starting' as const), calls }),
  fc.record({ kind: fc.constant('dies-on-resume' as const), calls }),
  fc.record({ kind: fc.constant('destroy-fails' as const), message: fc.constant('device busy'), calls }),
  fc.record({ kind: fc.constant('attach-fails' as const), message: fc.constant('no free slot'), calls }),
  fc.record({ kind: fc.constant('bind-errno' as const), errno: fc.constant('EBUSY'), ...onPf }),
  fc.record({
    kind: fc.constant('vf-set-errno' as const),
    property: fc.constant('mac' as const),
    errno: fc.constant('EIO'),
    ...onPf,
  }),
);

export const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('start' as const, 'start' as const, 'attach' as const),
      vm,
      vfs,
      thenMs,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('detach' as const), vm, vfs, thenMs }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('stop' as const), vm, force: fc.boolean(), thenMs }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('again' as const), nth: fc.nat(8) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('clean' as const),
      nth: fc.nat(8),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 40, 300, 1_000, 3_000, 10_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('floor' as const), below: fc.nat(4) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ kind: fc.constant('die' as const), atCall: fc.integer({ min: 1, max: 250 }) },
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'cut' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('domain-dies' as const), vm }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reboot' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fault' as const), fault }) },
);

/**
 * Speaks to an agent as a scheduler and a ledger would that are in a hurry: attempts and fences only rise, claims of one
 * VF follow one another without waiting for a proof, and any message comes again at any time.
 */
export function hurriedSender(agent: VmsUnderTest) {
  const invariants = vmInvariants(agent);
  const sent: Sent[] = [];
  const claims: ClaimRef[] = [];
  const attempts = new Map(VMS.map((vm) => [vm, 0]));
  let fences = 0;
  let floor = 0;

  async function send(step: string, work: () => Promise<void>): Promise<void> {
    sent.push({ step, send: work });
    await work();
  }

  function interfacesFor(vm: string, on: readonly number[]) {
    const claimed = on.map((vf) => onVf(vf, ++fences));
    const refs = claimed.map(({ claim }) => claim);
    claims.push(...refs);
    invariants.claimedFor(vm, refs);
    return [...claimed, onBridge(`b-${vm}-${fences}`)];
  }

  async function befall(it: Happening): Promise<void> {
    switch (it.kind) {
      case 'start':
        attempts.set(it.vm, (attempts.get(it.vm) ?? 0) + 1);
        return plug(it);
      case 'attach':
        return plug(it);
      case 'detach': {
        const of = ofNow(it);
        return send(of.step, () =>
          agent.detach(
            it.vfs.map((vf) => `vnic-${vf}`),
            of,
          ),
        );
      }
      case 'stop': {
        const of = { ...ofNow(it), force: it.force };
        await send(of.step, () => agent.stopVm(of));
        return agent.clock.advance(it.thenMs);
      }
      case 'again':
        return sent.at(-1 - it.nth)?.send();
      case 'clean': {
        const some = claims.slice(Math.max(0, claims.length - it.nth - it.count), claims.length - it.nth);
        return some.length > 0 ? agent.clean(...some) : undefined;
      }
      case 'floor':
        floor = Math.max(floor, fences - it.below - 3);
        return agent.floor(floor);
      case 'pass':
        return agent.clock.advance(it.ms);
      case 'die':
        agent.kill();
        await agent.start(it);
        return agent.floor(floor);
      case 'cut':
        agent.bus.cut();
        agent.bus.mend();
        return agent.floor(floor);
      case 'domain-dies':
        return agent.machine.killDomain(it.vm).catch(() => {});
      case 'reboot':
        agent.kill();
        await agent.machine.reboot();
        await passing(agent.clock, agent.machine.writeNumVfs(PF, 4, 60_000));
        await agent.start();
        return agent.floor(floor);
      case 'fault':
        agent.machine.inject(it.fault);
    }
  }

  async function plug(it: Happening & { kind: 'start' | 'attach' | 'detach' }): Promise<void> {
    const of = ofNow(it);
    const interfaces = interfacesFor(it.vm, it.vfs);
    await send(of.step, () => (it.kind === 'start' ? agent.startVm(interfaces, of) : agent.attach(interfaces, of)));
    await agent.clock.advance(it.thenMs);
  }

  function ofNow({ kind, vm }: { kind: string; vm: string }) {
    return { vm, attempt: Math.max(1, attempts.get(vm) ?? 0), step: `${kind} ${vm} ${sent.length}` };
  }

  return {
    befall,
    check: invariants.check,
    /** Sends what has no outcome yet again and again. Throws when one never comes. */
    untilAllTold: async () => {
      const open = () => {
        const told = new Set(agent.outcomes().map(({ step }) => step));
        return sent.filter(({ step }) => !told.has(step));
      };
      for (let turn = 0; turn < 300 && open().length > 0; turn++) {
        for (const each of open()) await each.send();
        await agent.clock.advance(1_000);
      }
      if (open().length > 0) throw new Error(`never told of: ${open().map(({ step }) => step)}`);
    },
    /** Stops every VM for good. */
    stopAll: async () => {
      for (let turn = 0; turn < 6 && agent.domains().length > 0; turn++) {
        for (const vm of VMS) await agent.stopVm({ vm, attempt: 1_000, step: `end ${vm}`, force: true });
        await agent.clock.advance(5_000);
      }
    },
    /** Has every claim cleaned until all are proven. Throws when one never is. */
    untilClean: async () => {
      const last = () => new Map(agent.cleaned().map(({ claimId, outcome }) => [claimId, outcome]));
      const open = () => claims.filter(({ claimId }) => last().get(claimId)?.result !== 'clean');
      for (let turn = 0; turn < 30 && open().length > 0; turn++) {
        await agent.clean(...open());
        await agent.clock.advance(2_000);
      }
      if (open().length > 0) throw new Error(`never clean: ${JSON.stringify(open())}`);
    },
  };
}
