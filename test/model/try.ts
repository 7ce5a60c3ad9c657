import { runModel } from './run.ts';

const [seed = '100', steps = '60', messy = ''] = process.argv.slice(2);
const began = performance.now();
const run = await runModel({
  seed: Number(seed),
  hosts: 3,
  vms: 8,
  steps: Number(steps), without: (process.argv[5] ?? '').split(',').filter(Boolean) as never,
  faults: messy ? { duplicate: 0.15, delay: 0.2, reorder: 0.1, lose: 0.03, loseReply: 0.05 } : {},
});
console.log(JSON.stringify(run, null, 1), Math.round(performance.now() - began), 'ms');
process.exit(0);
