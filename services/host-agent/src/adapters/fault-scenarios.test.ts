import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { FAULT_SCENARIOS } from './fault-scenarios.ts';
import { simulatedHost } from './simulated-host.ts';

it.each(Object.entries(FAULT_SCENARIOS))('%s is a machine that can be switched on', async (seed, { machine }) => {
  const host = simulatedHost({ scenario: machine, clock: virtualClock(), seed });
  expect(await host.bootId()).not.toBe('');
});

it.each(Object.entries(FAULT_SCENARIOS))('%s says what happens and where to look', (_, { happens, look }) => {
  expect(happens).toMatch(/^[\w-].*[^.]$/);
  expect(look).toMatch(/^[\w-].*[^.]$/);
});
