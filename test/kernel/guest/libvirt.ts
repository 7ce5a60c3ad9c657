/** The domains of this machine's libvirt: the conformance suite of the port, with VFs of a real NIC. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { linuxMachine } from '@vfleet/host-agent/adapters/linux-machine';
import { describeDomains } from '@vfleet/host-agent/domains-conformance';
import { HypervisorSettings } from '@vfleet/host-agent/hypervisor-settings';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { tinyDomain } from './definitions.ts';
import { ip, vfAddress, writeNumVfs } from './machine.ts';
import { writeTinyGuest } from './tiny-guest.ts';

const DISK = '/var/lib/tiny-guest';
const DEADLINE_MS = 60_000;

const { host, guests } = await linuxMachine(HypervisorSettings.parse({}), { clock: systemClock(), log: silentLog });
assert.ok(guests);

before(() => {
  writeTinyGuest(DISK);
  writeNumVfs('ens11', 2);
  ip('link', 'set', 'dev', 'ens11', 'up');
});
after(async () => {
  for (const index of [0, 1]) await guests.bindVf(vfAddress('ens11', index), 'network', DEADLINE_MS);
  writeNumVfs('ens11', 0);
  await host.close();
});

describeDomains('linux-machine on a real libvirt', async () => ({
  guests,
  vfs: [vfAddress('ens11', 0), vfAddress('ens11', 1)],
  domainXml: tinyDomain(DISK),
  passing: (promise) => promise,
  close: async () => {},
}));
