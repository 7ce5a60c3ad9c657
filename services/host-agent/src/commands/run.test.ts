import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryBroker } from '@vfleet/bus/memory';
import { systemClock } from '@vfleet/process/clock';
import { readEnv } from '@vfleet/process/env';
import { silentLog } from '@vfleet/process/log';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { freePort } from '../../../../test/servers/port.ts';
import { diskFiles } from '../adapters/disk-files.ts';
import { openCapturedHost, removeCaptures } from '../testing/captured-host.ts';
import { AgentEnv } from './environment.ts';
import { runAgent } from './run.ts';

const clock = systemClock();

let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'vfleet-state-'));
});

afterEach(() => rmSync(stateDir, { recursive: true }));
afterAll(removeCaptures);

function environment(given: NodeJS.ProcessEnv = {}): AgentEnv {
  return readEnv(AgentEnv, { VFLEET_HOST_ID: 'h1', AMQP_URL: 'amqp://b', VFLEET_STATE_DIR: stateDir, ...given });
}

async function parts() {
  const machine = await openCapturedHost('vfs-created');
  const bus = memoryBroker({ clock, log: silentLog }).connect();
  return { machine, bus, closed: [vi.spyOn(bus, 'close'), vi.spyOn(machine.host, 'close')] };
}

it('runs an agent on the bus, and closes bus and host with it', async () => {
  const { machine, bus, closed } = await parts();
  const env = environment();
  const agent = await runAgent(env, {
    bus,
    host: machine.host,
    guests: null,
    files: diskFiles(env.VFLEET_STATE_DIR),
    clock,
    log: silentLog,
  });
  await vi.waitFor(async () => expect(await agent.problems()).toEqual([]), { timeout: 20_000 });
  await agent.close();
  expect(closed.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  await machine.close();
});

it('serves figures where it is told to, and no longer once it is closed', async () => {
  const { machine, bus } = await parts();
  const port = await freePort();
  const env = environment({ VFLEET_METRICS_PORT: String(port) });
  const files = diskFiles(env.VFLEET_STATE_DIR);
  const agent = await runAgent(env, { bus, host: machine.host, guests: null, files, clock, log: silentLog });
  const url = `http://127.0.0.1:${port}/metrics`;
  await vi.waitFor(async () => expect(await (await fetch(url)).text()).toContain('vfleet_agent_connected{'), {
    timeout: 20_000,
  });
  await agent.close();
  await expect(fetch(url)).rejects.toThrow();
  await machine.close();
});

it('leaves nothing open when it cannot start', async () => {
  const { machine, bus, closed } = await parts();
  const env = environment({ VFLEET_STATE_DIR: '/dev/null/state' });
  await expect(
    runAgent(env, {
      bus,
      host: machine.host,
      guests: null,
      files: diskFiles(env.VFLEET_STATE_DIR),
      clock,
      log: silentLog,
    }),
  ).rejects.toThrow('/dev/null/state');
  expect(closed.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  await machine.close();
});

it('names every variable that is missing or wrong', () => {
  const given = { VFLEET_HOST_ID: 'a host', AMQP_URL: 'http://b', VFLEET_WRITE_DEADLINE_SECONDS: '-1' };
  expect(() => environment(given)).toThrow(/VFLEET_HOST_ID.*AMQP_URL.*VFLEET_WRITE_DEADLINE_SECONDS/s);
});

it('F56: lets no second agent work with the same state, and the first goes on', async () => {
  const [first, second] = [await parts(), await parts()];
  const env = environment();
  const around = { guests: null, files: diskFiles(env.VFLEET_STATE_DIR), clock, log: silentLog };
  const agent = await runAgent(env, { ...around, bus: first.bus, host: first.machine.host });
  await expect(runAgent(env, { ...around, bus: second.bus, host: second.machine.host })).rejects.toThrow('in use by');
  expect(second.closed.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  await vi.waitFor(async () => expect(await agent.problems()).toEqual([]), { timeout: 20_000 });
  await agent.close();
  await first.machine.close();
  await second.machine.close();
});
