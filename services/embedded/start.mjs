// Plain JavaScript, so that an old Node says what it lacks instead of failing on TypeScript's syntax.
const NEEDED = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < NEEDED) {
  console.error(`VFleet needs Node ${NEEDED} or newer; this is ${process.version}.`);
  console.error('On Linux x64 and arm64 "npm ci" brings it along; elsewhere install it from nodejs.org.');
  process.exit(1);
}
await import('./src/main.ts');
