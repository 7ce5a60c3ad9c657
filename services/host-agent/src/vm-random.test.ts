import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PF } from './testing/agent-under-test.ts';
import { vmInvariants } from './testing/vm-invariants.ts';
import { claimOf, onBridge, onVf, type VmsUnderTest, vmsUnderTest } from './testing/vms-under-test.ts';

const VMS = ['vm1', 'vm2'];
const VFS = [0, 1, 2];
const HIGHEST_FENCE = 6;
const HIGHEST_ATTEMPT = 4;

/** A message as it may come: late, twice, before another. Fences say which claim of a VF it is for. */
type Sent = {
  of: 'start' | 'attach' | 'detach' | 'stop' | 'force';
  vm: string;
  attempt: number;
  vfs: number[];
  fence: number;
};

type Happening =
  | ({ kind: 'send'; times: number } & Sent)
  | { kind: 'clean'; vf: number; fence: number }
  | { kind: 'floor'; floor: number }
  | { kind: 'pass'; ms: number }
  | { kind: 'die'; atCall: number; when: 'before' | 'after' }
  | { kind: 'cut' }
  | { kind: 'domain-dies'; vm: string }
  | { kind: 'reboot' }
  | { kind: 'fault'; fault: Parameters<VmsUnderTest['machine']['inject']>[0] };

const fence = fc.integer({ min: 1, max: HIGHEST_FENCE });
const vm = fc.constantFrom(...VMS);
const calls = fc.record({ skip: fc.nat(2) });
const fault = fc.oneof(
  fc.record({ kind: fc.constant('start-fails' as const), message: fc.constant('no such disk') }),
  fc.record({ kind: fc.constant('dies-while-starting' as const), calls }),
  fc.record({ kind: fc.constant('dies-on-resume' as const), calls }),
  fc.record({ kind: fc.constant('destroy-fails' as const), message: fc.constant('device busy'), calls }),
  fc.record({ kind: fc.constant('attach-fails' as const), message: fc.constant('no slot'), calls }),
  fc.record({ kind: fc.constant('bind-errno' as const), pf: fc.constant(PF), errno: fc.constant('EBUSY'), calls }),
  fc.record({
    kind: fc.constant('vf-set-errno' as const),
    ...{
      pf: fc.constant(PF),
      property: fc.constantFrom('mac' as const, 'vlan' as const),
      errno: fc.constant('EIO'),
      calls,
    },
  }),
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      times: fc.integer({ min: 1, max: 2 }),
      of: fc.constantFrom(
        'start' as const,
        'start' as const,
        'attach' as const,
        'detach' as const,
        'stop' as const,
        'force' as const,
      ),
      vm,
      attempt: fc.integer({ min: 1, max: HIGHEST_ATTEMPT }),
      vfs: fc.uniqueArray(fc.constantFrom(...VFS), { maxLength: 2 }),
      fence,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('clean' as const), vf: fc.constantFrom(...VFS), fence }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 50, 500, 2_000, 10_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('floor' as const), floor: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ kind: fc.constant('die' as const), atCall: fc.integer({ min: 1, max: 150 }) },
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'cut' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('domain-dies' as const), vm }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reboot' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fault' as const), fault }) },
);

const stepOf = ({ of, vm, attempt, vfs, fence }: Sent) => `${of} ${vm} ${attempt} ${vfs.join()} ${fence}`;

/** A claim is for one VM: which one its fence tells, so that a claim is never sent for two. */
function interfacesOf({ vm, vfs, fence }: Sent) {
  const own = vfs.filter(() => VMS[fence % VMS.length] === vm);
  return [...own.map((vf) => onVf(vf, fence)), onBridge(`bridge-${vm}-${fence}`)];
}

async function send(agent: VmsUnderTest, sent: Sent): Promise<void> {
  const of = { vm: sent.vm, attempt: sent.attempt, step: stepOf(sent) };
  switch (sent.of) {
    case 'start':
      return agent.startVm(interfacesOf(sent), of);
    case 'attach':
      return agent.attach(interfacesOf(sent), of);
    case 'detach':
      return agent.detach(
        sent.vfs.map((vf) => `vnic-${vf}`),
        of,
      );
    case 'stop':
    case 'force':
      return agent.stopVm({ ...of, force: sent.of === 'force' });
  }
}

async function befall(agent: VmsUnderTest, happening: Happening): Promise<void> {
  switch (happening.kind) {
    case 'send':
      for (let time = 0; time < happening.times; time++) await send(agent, happening);
      return;
    case 'clean':
      return agent.clean(claimOf(happening.vf, happening.fence));
    case 'floor':
      return agent.floor(happening.floor);
    case 'pass':
      return agent.clock.advance(happening.ms);
    case 'die':
      agent.kill();
      await agent.start(happening);
      return agent.floor(0);
    case 'cut':
      agent.bus.cut();
      agent.bus.mend();
      return agent.floor(0);
    case 'domain-dies':
      return agent.machine.killDomain(happening.vm).catch(() => {});
    case 'reboot':
      await agent.machine.reboot();
      agent.kill();
      await agent.start();
      return agent.floor(0);
    case 'fault':
      agent.machine.inject(happening.fault);
  }
}

/** Sends what has no outcome yet again and again, as who sent it does. */
async function untilAllTold(agent: VmsUnderTest, all: readonly Sent[]): Promise<void> {
  const told = () => new Set(agent.outcomes().map(({ step }) => step));
  for (let turn = 0; turn < 300; turn++) {
    const open = all.filter((each) => !told().has(stepOf(each)));
    if (open.length === 0) return;
    for (const each of open) await send(agent, each);
    await agent.clock.advance(1_000);
  }
  throw new Error('a step was never told of');
}

async function untilClean(agent: VmsUnderTest): Promise<void> {
  const claims = VFS.flatMap((vf) => Array.from({ length: HIGHEST_FENCE }, (_, index) => claimOf(vf, index + 1)));
  const last = () => new Map(agent.cleaned().map(({ claimId, outcome }) => [claimId, outcome.result]));
  for (let turn = 0; turn < 30; turn++) {
    await agent.clean(...claims);
    await agent.clock.advance(2_000);
    if (claims.every(({ claimId }) => last().get(claimId) === 'clean')) return;
  }
  throw new Error(`not clean: ${JSON.stringify([...last()])}`);
}

it('an agent holds every VF for one VM at most and tells of every step, whatever is sent and befalls it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 25 }), async (happenings) => {
      const agent = vmsUnderTest();
      const invariants = vmInvariants(agent);
      for (const vf of VFS) {
        for (let fence = 1; fence <= HIGHEST_FENCE; fence++) {
          invariants.claimedFor(VMS[fence % VMS.length] ?? '', [claimOf(vf, fence)]);
        }
      }
      await agent.start();
      await agent.floor(0);
      const boots = new Set([await agent.machine.bootId()]);
      const before = VFS.map((vf) => agent.settings(vf));
      for (const each of happenings) {
        await befall(agent, each);
        boots.add(await agent.machine.bootId());
        await invariants.check();
      }

      agent.kill();
      await agent.start();
      await agent.floor(0);
      await untilAllTold(
        agent,
        happenings.flatMap((each) => (each.kind === 'send' ? [each] : [])),
      );
      await invariants.check();
      const ends = VMS.map((vm): Sent => ({ of: 'force', vm, attempt: HIGHEST_ATTEMPT + 1, vfs: [], fence: 1 }));
      for (let turn = 0; turn < 5 && agent.domains().length > 0; turn++) {
        for (const end of ends) await send(agent, end);
        await agent.clock.advance(5_000);
      }
      expect(agent.domains()).toEqual([]);
      if (boots.size > 1) return;
      await untilClean(agent);
      expect(VFS.map((vf) => agent.settings(vf))).toEqual(before);
      expect(await Promise.all(VFS.map(agent.driverOf))).toEqual(VFS.map(() => 'igbvf'));
    }),
    { numRuns: Number(process.env.VM_RUNS ?? 200) },
  );
});
