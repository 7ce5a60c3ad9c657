import { readFileSync } from 'node:fs';
import { runCli } from './run.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  readFile: (path) => readFileSync(path, 'utf8'),
  signal: interrupted.signal,
});
