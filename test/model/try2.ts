import { RunVm } from '@vfleet/contracts/scheduler/runs';
import { makeWorld } from './world.ts';
const world = await makeWorld({ seed: 100, hosts: 3, vms: 8, faults: {} });
console.log('built', world.clock.now());
for (const p of world.services.filter(({name}) => name.startsWith(process.argv[2] ?? 'x'))) { p.kill(); await world.pass(3000); p.start(); }
if (process.argv[2]==='agent') for (const p of world.agents.values()) { p.kill(); await world.pass(3000); p.start(); }
if (process.argv[2]==='broker') world.broker.crash();
await world.pass(1000);
const ending = new AbortController();
let out: unknown;
void world.clients.operate(RunVm, { vm: 'v1' }, ending.signal).then((told) => { out = told; });
for (let i = 0; i < 60; i++) await world.pass(500);
console.log(JSON.stringify(out), JSON.stringify((await world.placements()).map(({ state, operation }) => ({ state, operation }))).slice(0, 600));
process.exit(0);
