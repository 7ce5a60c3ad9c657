#!/usr/bin/env node
// Plain JavaScript, so that an old Node says what it lacks instead of failing on TypeScript's syntax.
const NEEDED = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < NEEDED) {
  console.error(`vfleet-host-agent needs Node ${NEEDED} or newer; this is ${process.version}.`);
  process.exit(1);
}
await import('../src/main.ts');
