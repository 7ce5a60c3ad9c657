import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { DEMO_SCENARIOS } from './adapters/scenarios.ts';
import { domainsReporter } from './domains-reporter.ts';
import type { Guests } from './guests.ts';
import { HostAgentSettings } from './settings.ts';
import type { StateFiles } from './state-files.ts';
import { onVf, vmsUnderTest } from './testing/vms-under-test.ts';
import type { Voice } from './voice.ts';

/** A domain is there for less time than changes need to settle before a watcher is called. */
const QUICK = { ...DEMO_SCENARIOS.alpha, timeScale: 0.05 };

/** What is told before the domain is there, and after. */
const WITHOUT_DOMAIN = { domains: [], fences: [{ fence: 1, cleaned: false }] };

it('F36: a domain that dies right after its start was told of is told to be gone', async () => {
  const agent = vmsUnderTest({ scenario: QUICK });
  await agent.start();
  await agent.floor(0);
  await agent.startVm([onVf(0, 1)]);
  await agent.requestDomains();
  expect(agent.reportsOfDomains().at(-1)).toMatchObject(WITHOUT_DOMAIN);
  const { sequence, domain } = await agent.outcomeOf('start vm1 1');
  expect(domain).toBe('running');
  await agent.machine.killDomain('vm1');
  await agent.until(() => (agent.reportsOfDomains().at(-1)?.sequence ?? 0) > sequence, 10_000);
  expect(agent.reportsOfDomains().at(-1)).toMatchObject(WITHOUT_DOMAIN);
  await agent.close();
});

it('says why domains cannot be told, with the remedy, and heals by itself', async () => {
  const clock = virtualClock();
  let isAway = true;
  const told: unknown[] = [];
  const reporter = domainsReporter({
    guests: {
      watch: () => () => {},
      domains: async () => {
        if (isAway) throw Object.assign(new Error('libvirt is away'), { remedy: 'Start it.' });
        return [];
      },
    } as Partial<Guests> as Guests,
    host: { bootId: async () => 'boot' },
    files: { fencedVfs: async () => [] } as Partial<StateFiles> as StateFiles,
    voice: {
      raise: () => ({}),
      mention: async (_: unknown, payload: unknown) => void told.push(payload),
    } as unknown as Voice,
    contact: { isThere: () => true },
    clock,
    log: silentLog,
    settings: HostAgentSettings.parse({}),
  });
  reporter.report({ always: true });
  await clock.advance(0);
  expect(reporter.problem()).toBe('the domains of the host could not be told: libvirt is away. Start it.');
  isAway = false;
  await clock.advance(10_000);
  expect(reporter.problem()).toBeNull();
  expect(told).toMatchObject([{ machineBoot: 'boot', domains: [] }]);
  reporter.close();
});
