import { virtualClock } from '@vfleet/process/virtual-clock';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { VfSettings } from '../../guests.ts';
import { domainSpec, vfInterface } from '../../testing/domain-specs.ts';
import { memoryFiles } from '../../testing/memory-files.ts';
import { DEMO_SCENARIOS, withoutTime } from '../scenarios.ts';
import { type SimulatedHost, simulatedHost } from '../simulated-host.ts';
import { openSimulatedMemory } from './memory.ts';

const PF = { igb: '0000:05:00.0', mlx5_core: '0000:5e:00.0' };
const LONG = 1_000_000;
const VFS = 4;
const VMS = 3;

const vf = fc.nat(VFS - 1);
const vm = fc.nat(VMS - 1).map((n) => `vm-${n}`);
const vlanId = fc.option(fc.integer({ min: 1, max: 4094 }), { nil: null });
const plugged = fc.record({ vf, n: fc.nat(5), vlanId });
const settings: fc.Arbitrary<Partial<VfSettings>> = fc.record(
  {
    mac: fc.nat(255).map((n) => `52:54:00:00:02:${n.toString(16).padStart(2, '0')}`),
    vlanId: fc.nat(4094),
    spoofCheck: fc.boolean(),
    trust: fc.boolean(),
    maxTxRate: fc.nat(1000),
    linkState: fc.constantFrom('auto' as const, 'enable' as const),
  },
  { requiredKeys: [] },
);

/** What an agent, a guest or the end of the process may do next. */
const operation = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), vf, settings }),
  fc.record({ kind: fc.constant('bind' as const), vf, to: fc.constantFrom('vfio-pci' as const, 'network' as const) }),
  fc.record({
    kind: fc.constant('start' as const),
    vm,
    plugged: fc.uniqueArray(plugged, { selector: ({ n }) => n, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constantFrom('destroy' as const, 'kill' as const, 'resume' as const), vm }),
  fc.record({ kind: fc.constant('attach' as const), vm, plugged }),
  fc.record({ kind: fc.constant('detach' as const), vm, n: fc.nat(5) }),
  fc.record({ kind: fc.constant('race' as const), vms: fc.tuple(vm, vm), plugged }),
  fc.record({ kind: fc.constant('next-process' as const) }),
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

it.each(['alpha', 'delta'] as const)(
  'F46: on %s no VF has two domains or settings of another, whatever is done, and memory keeps all of it',
  async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 40 }), async (operations) => {
        const clock = virtualClock();
        const files = memoryFiles();
        const open = async () =>
          simulatedHost({
            scenario: withoutTime(DEMO_SCENARIOS[name]),
            clock,
            seed: name,
            memory: await openSimulatedMemory(files, 'machine.json'),
          });
        let host = await open();
        const pf = PF[DEMO_SCENARIOS[name].cards[0]?.driver as keyof typeof PF];
        await host.writeNumVfs(pf, VFS, LONG);
        const addresses = ((await host.lookAtPf(pf))?.vfs ?? []).map(({ pciAddress }) => pciAddress);
        for (const each of addresses) await host.guests.bindVf(each, 'vfio-pci', LONG);

        for (const next of operations) {
          const before = stateOf(host, addresses);
          if (next.kind === 'next-process') {
            await host.close();
            host = await open();
            expect(stateOf(host, addresses)).toEqual(before);
            continue;
          }
          await carryOut(host, next, addresses);
          const after = stateOf(host, addresses);
          const held = after.domains.flatMap(({ interfaces }) => interfaces.flatMap(({ vf }) => vf?.pciAddress ?? []));
          expect(new Set(held).size, 'a VF with two domains').toBe(held.length);
          const touched = touchedBy(next, addresses, [...before.domains, ...after.domains]);
          for (const each of addresses) {
            if (!touched.has(each))
              expect(after.settings[each], `${each} is not concerned`).toEqual(before.settings[each]);
          }
          for (const domain of before.domains.filter(({ pid }) => !after.domains.some((is) => is.pid === pid))) {
            for (const { vf } of domain.interfaces) {
              if (vf?.before) expect(after.settings[vf.pciAddress]).toMatchObject(given(vf.before));
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  },
);

function stateOf(host: SimulatedHost, addresses: readonly string[]) {
  return {
    domains: host.domainsNow(),
    settings: Object.fromEntries(addresses.map((each) => [each, host.vfSettings(each)])),
  };
}

async function carryOut({ guests, killDomain, domainsNow }: SimulatedHost, next: Operation, addresses: string[]) {
  const at = (index: number) => addresses[index] as string;
  const interfaceOf = (of: { vf: number; n: number; vlanId: number | null }) => vfInterface(at(of.vf), of);
  switch (next.kind) {
    case 'set':
      return guests.setVf(at(next.vf), next.settings);
    case 'bind': {
      const isOpen = domainsNow().some(({ interfaces }) =>
        interfaces.some((each) => each.vf?.pciAddress === at(next.vf)),
      );
      return isOpen && next.to === 'network' ? undefined : guests.bindVf(at(next.vf), next.to, LONG);
    }
    case 'start':
      return guests.startPaused(domainSpec(next.plugged.map(interfaceOf), { id: next.vm }), LONG);
    case 'race':
      return Promise.all(
        next.vms.map((id) => guests.startPaused(domainSpec([interfaceOf(next.plugged)], { id }), LONG)),
      );
    case 'resume':
      return guests.resume(next.vm, LONG);
    case 'destroy':
      return guests.destroy(next.vm, LONG);
    case 'kill':
      return domainsNow().some(({ vmId }) => vmId === next.vm) ? killDomain(next.vm) : undefined;
    case 'attach':
      return guests.attach(next.vm, interfaceOf(next.plugged), LONG);
    case 'detach':
      return guests.detach(next.vm, `v${next.n}`, LONG);
    case 'next-process':
      return undefined;
  }
}

/** The VFs whose settings an operation may change: the one it names, or those of the domain it is about. */
function touchedBy(
  next: Operation,
  addresses: readonly string[],
  domains: readonly ReturnType<SimulatedHost['domainsNow']>[number][],
): Set<string> {
  const of = (vmId: string) =>
    domains
      .filter((domain) => domain.vmId === vmId)
      .flatMap(({ interfaces }) => interfaces.map(({ vnicId, vf }) => ({ vnicId, address: vf?.pciAddress ?? '' })));
  switch (next.kind) {
    case 'set':
      return new Set([addresses[next.vf] ?? '']);
    case 'start':
      return new Set(next.plugged.map((each) => addresses[each.vf] ?? ''));
    case 'race':
    case 'attach':
      return new Set([addresses[next.plugged.vf] ?? '']);
    case 'destroy':
    case 'kill':
      return new Set(of(next.vm).map(({ address }) => address));
    case 'detach':
      return new Set(of(next.vm).flatMap(({ vnicId, address }) => (vnicId === `v${next.n}` ? [address] : [])));
    case 'bind':
    case 'resume':
    case 'next-process':
      return new Set();
  }
}

/** What libvirt gives back of the values before; a VLAN it had not set is none of its business. */
function given({ mac, vlanId }: { mac: string; vlanId: number | null }): object {
  return vlanId === null ? { mac } : { mac, vlanId, vlanQos: 0 };
}
