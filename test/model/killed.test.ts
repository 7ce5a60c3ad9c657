import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { DEMO_SCENARIOS } from '@vfleet/host-agent/adapters/scenarios';
import { openSimulatedMemory } from '@vfleet/host-agent/adapters/simulated/memory';
import { simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import { systemClock } from '@vfleet/process/clock';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serverUrls } from '../flows/flow-system.ts';
import { npmStart, type StartedSystem } from '../flows/npm-start.ts';
import { type Answer, type HttpClient, httpClient } from './http-clients.ts';
import { randomFrom } from './random.ts';
import { domainsOf } from './truth.ts';

/** `KILL_MINUTES=10` for the long run, `MODEL_SEED` for another one. */
const MINUTES = Number(process.env.KILL_MINUTES ?? (serverUrls() ? 1 : 0.3));
const SEED = Number(process.env.MODEL_SEED ?? 1);
const PASSWORD = 'a password for tests';
const AUTHORIZATION = `Basic ${btoa(`admin@internal:${PASSWORD}`)}`;
const VMS = ['vm-1', 'vm-2', 'vm-3', 'vm-4'];
const PFS = [
  ['alpha', 'enp5s0f0'],
  ['bravo', 'enp24s0f0'],
  ['charlie', 'enp59s0f0'],
  ['delta', 'enp94s0f0'],
] as const;
const SETTLES_WITHIN_MS = 180_000;

const random = randomFrom(SEED);
const giveUp = new AbortController();
const servers = serverUrls();
let folder: string;
let processes: { name: string; started: StartedSystem | null; data: string; env: Record<string, string> }[];
let client: HttpClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vfleet-killed-'));
  const env = {
    VFLEET_ADMIN_PASSWORD: PASSWORD,
    ...(servers
      ? { AMQP_URL: servers.amqpUrl, MONGODB_URL: withDatabase(servers.mongodbUrl, `killed_${SEED}_${process.pid}`) }
      : {}),
  };
  processes = [
    { name: 'demo', started: null, data: join(folder, 'demo'), env },
    ...(servers
      ? [{ name: 'replica', started: null, data: join(folder, 'replica'), env: { ...env, VFLEET_DEMO: 'off' } }]
      : []),
  ];
  for (const each of processes) await start(each);
  client = httpClient(
    () => processes.flatMap(({ started }) => (started ? [started.url] : [])),
    AUTHORIZATION,
    giveUp.signal,
  );
  for (const [host, nic] of PFS) {
    await until(`/api/hosts/${host}/nics/${nic}`, ({ status }) => status === 200);
    await client.send('PUT', `/api/hosts/${host}/nics/${nic}/vfsConfig`, { num_of_vfs: 2 });
  }
}, 180_000);

afterAll(async () => {
  giveUp.abort();
  for (const { started } of processes) await started?.end('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

it('processes killed by -9 at any moment lose no answer, leak no claim and hand out no VF twice', {
  timeout: (MINUTES * 60 + 400) * 1000,
}, async () => {
  const end = Date.now() + MINUTES * 60_000;
  const told: Record<string, number> = {};
  const isOver = () => Date.now() > end;
  const doubles = new Set<string>();
  await Promise.all([killing(isOver), looking(isOver, doubles), ...VMS.map((vm) => driving(vm, isOver, told))]);
  expect([...doubles]).toEqual([]);
  expect(told['start 200'] ?? 0).toBeGreaterThan(0);

  for (const vm of VMS) await client.send('POST', `/api/vms/${vm}/stop`, { force: true });
  for (const vm of VMS) await until(`/api/vms/${vm}`, ({ body }) => body?.status === 'down');
  for (const vm of VMS) {
    const started = await client.send('POST', `/api/vms/${vm}/start`, {});
    if (started?.status === 200) told['start at the end'] = (told['start at the end'] ?? 0) + 1;
  }
  const expected = await shownVfs();
  for (const each of processes) {
    await each.started?.end('SIGKILL');
    each.started = null;
  }
  expect(await heldVfs(), JSON.stringify(told)).toEqual(expected);
  expect(expected.length).toBeGreaterThan(0);
});

/** Kills a process at random moments and starts it again. */
async function killing(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await pause(1_000 + random.below(4_000));
    const victim = random.one(processes);
    await victim.started?.end('SIGKILL');
    victim.started = null;
    await start(victim);
  }
}

/** Starts, moves and stops one VM over and over. */
async function driving(vm: string, isOver: () => boolean, told: Record<string, number>): Promise<void> {
  while (!isOver()) {
    const action = random.weighted({ start: 4, stop: 3, migrate: 1 });
    const answer = await client.send('POST', `/api/vms/${vm}/${action}`, action === 'stop' ? { force: true } : {});
    const key = `${action} ${answer?.status ?? 'nothing'}`;
    told[key] = (told[key] ?? 0) + 1;
    await pause(random.below(300));
  }
}

/** Looks all the time whether two vNICs are shown with one VF. */
async function looking(isOver: () => boolean, doubles: Set<string>): Promise<void> {
  while (!isOver()) {
    const vfs = await shownVfs();
    for (const vf of vfs.filter((one, index) => vfs.indexOf(one) !== index)) doubles.add(vf);
    await pause(200);
  }
}

/** The VFs that the API shows with vNICs, as `host address`. */
async function shownVfs(): Promise<string[]> {
  const answer = await client.send('GET', '/api/vms');
  type Shown = { host: { id: string } | null; nics: { vf: { pci_address: string } | null }[] };
  const vms: Shown[] = answer?.body?.items ?? [];
  return vms
    .flatMap(({ host, nics }) => nics.flatMap(({ vf }) => (vf && host ? [`${host.id} ${vf.pci_address}`] : [])))
    .sort();
}

/** The VFs that domains of the machines hold, by looking into the machines. */
async function heldVfs(): Promise<string[]> {
  const held: string[] = [];
  for (const [name, scenario] of Object.entries(DEMO_SCENARIOS)) {
    const memory = await openSimulatedMemory(diskFiles(join(folder, 'demo', 'hosts', name)), 'machine.json');
    const machine = simulatedHost({ scenario, clock: systemClock(), seed: name, memory });
    held.push(...domainsOf([{ id: name, machine }]).flatMap(({ vfs }) => vfs.map((vf) => `${name} ${vf}`)));
    await machine.close();
  }
  return held.sort();
}

async function start(each: (typeof processes)[number]): Promise<void> {
  each.started = await npmStart({ dataFolder: each.data, env: each.env });
}

async function until(path: string, accept: (answer: Answer) => boolean): Promise<void> {
  const deadline = Date.now() + SETTLES_WITHIN_MS;
  for (;;) {
    const answer = await client.send('GET', path);
    if (answer && accept(answer)) return;
    if (Date.now() > deadline) throw new Error(`${path} was not as awaited: ${JSON.stringify(answer)}`);
    await pause(100);
  }
}

function withDatabase(url: string, database: string): string {
  const made = new URL(url);
  made.pathname = `/${database}`;
  return made.href;
}
