// JavaScript, so that every Node can read it: the tests themselves are TypeScript run by Node 24.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `The tests need Node 24 or newer; this is ${process.version}. Linux x64 and arm64 bring their own with "npm ci"` +
      ' (without --omit=optional), and "npm test" then uses it; elsewhere install Node 24.',
  );
  process.exit(1);
}
await import('./all.ts');
