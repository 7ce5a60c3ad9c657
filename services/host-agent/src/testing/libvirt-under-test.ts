import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { silentLog } from '@vfleet/process/log';
import type { Virsh } from '../adapters/libvirt/virsh.ts';
import { libvirtDomains } from '../adapters/libvirt-domains.ts';
import type { FaultInput } from '../adapters/simulated/faults.ts';
import { bridgesBy } from '../core/bridge-of.ts';
import { domainSpec } from './domain-specs.ts';
import { guestsUnderTest } from './guests-under-test.ts';
import { virshOfMachine } from './virsh-of-machine.ts';

export const DEFINITION = "<domain type='kvm'><memory unit='GiB'>1</memory><os><type>hvm</type></os></domain>";
const LONG = 1_000_000;

/** The libvirt adapter on a simulated machine with four VFs bound to vfio-pci, in virtual time. */
export async function libvirtUnderTest({
  faults = [],
  through = (virsh) => virsh,
}: {
  faults?: FaultInput[];
  /** Stands between the adapter and virsh. */
  through?: (virsh: Virsh) => Virsh;
} = {}) {
  const machine = await guestsUnderTest({ faults });
  const { clock, host, vfs, pass, prepare } = machine;
  await prepare(...vfs);
  const { virsh, said, daemon } = virshOfMachine(host.guests);
  let uuids = 0;
  const domains = libvirtDomains({
    virsh: toldWhatItBrings(through(virsh)),
    migrationUri: 'qemu+tls://{host}/system',
    bridgeOf: bridgesBy(new Map()),
    clock,
    log: silentLog,
    newUuid: () => `5b1b0b4e-9d1a-4f52-8a53-${String(++uuids).padStart(12, '0')}`,
  });
  return {
    ...{ clock, host, vfs, pass, virsh, said, daemon, domains },
    start: (interfaces: readonly DomainInterface[] = [], deadlineMs = LONG) =>
      pass(domains.startPaused({ ...domainSpec(interfaces), domainXml: DEFINITION }, deadlineMs)),
    run: async (interfaces: readonly DomainInterface[] = []) => {
      await pass(domains.startPaused({ ...domainSpec(interfaces), domainXml: DEFINITION }, LONG));
      await pass(domains.resume('vm-1', LONG));
      said.length = 0;
    },
  };
}

/** virsh that tells what it is still at, as the locks of its processes do. */
function toldWhatItBrings(virsh: Virsh): Virsh {
  const bringing: string[] = [];
  return {
    ...virsh,
    act: async (args, bringsTo) => {
      if (bringsTo === undefined) return virsh.act(args);
      bringing.push(bringsTo);
      return virsh.act(args, bringsTo).finally(() => bringing.splice(bringing.indexOf(bringsTo), 1));
    },
    isBringingTo: async (vmId) => bringing.includes(vmId),
  };
}
