import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { bridgesBy } from '../core/bridge-of.ts';
import { describeDomains } from '../domains-conformance.ts';
import { passing } from '../testing/passing.ts';
import { virshOfMachine } from '../testing/virsh-of-machine.ts';
import { libvirtDomains } from './libvirt-domains.ts';
import { DEMO_SCENARIOS } from './scenarios.ts';
import { simulatedHost } from './simulated-host.ts';

const DEFINITION = "<domain type='kvm'><memory unit='GiB'>1</memory><os><type>hvm</type></os></domain>";

describeDomains('libvirt of a simulated machine', async () => {
  const clock = virtualClock();
  const scenario = DEMO_SCENARIOS.alpha;
  const host = simulatedHost({ scenario, clock, seed: 'alpha' });
  const pf = scenario.cards[0]?.address ?? '';
  await passing(clock, host.writeNumVfs(pf, 2, 1_000_000));
  await clock.advance(60_000);
  const [first, second] = (await host.lookAtPf(pf))?.vfs ?? [];
  if (!first || !second) throw new Error('there are no two VFs');
  const { lookAtVf, setVf, bindVf } = host.guests;
  const { virsh } = virshOfMachine(host.guests);
  const domains = libvirtDomains({
    virsh,
    migrationUri: 'qemu+tls://{host}/system',
    bridgeOf: bridgesBy(new Map()),
    clock,
    log: silentLog,
  });
  return {
    guests: { lookAtVf, setVf, bindVf, ...domains },
    vfs: [first.pciAddress, second.pciAddress] as const,
    domainXml: DEFINITION,
    passing: <Value>(promise: Promise<Value>) => passing(clock, promise),
    close: () => host.close(),
  };
});
