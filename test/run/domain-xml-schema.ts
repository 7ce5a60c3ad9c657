/**
 * Holds the domains that the host agent makes to libvirt's own schema: those kept as files, and generated ones.
 * Status 77 says that virt-xml-validate cannot be had here.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { readXml } from '@vfleet/host-agent/adapters/libvirt/read-xml';
import { bridgesBy } from '@vfleet/host-agent/core/bridge-of';
import { domainXml } from '@vfleet/host-agent/core/domain-xml';
import { anyDefinition, anyInterfaces } from '@vfleet/host-agent/testing/domain-definitions';
import { domainSpec } from '@vfleet/host-agent/testing/domain-specs';
import { NEW_UUID } from '@vfleet/host-agent/testing/domain-xml-cases';
import fc from 'fast-check';
import { installedWithoutStarting } from '../servers/debian.ts';

const GOLDEN = join(import.meta.dirname, '../fixtures/domain-xml');
const GENERATED = 200;
const AT_ONCE = 4;
const SKIPPED = 77;
const run = promisify(execFile);

const packages = await installedWithoutStarting(['libvirt-clients', 'libxml2-utils']);
if (packages !== 'installed') {
  console.log(packages.unavailable);
  process.exit(SKIPPED);
}

const folder = mkdtempSync(join(tmpdir(), 'vfleet-domains-'));
try {
  const kept = readdirSync(GOLDEN).map((name) => ({ name, path: join(GOLDEN, name) }));
  const generated = fc
    .sample(fc.tuple(anyDefinition, anyInterfaces).map(made), { numRuns: GENERATED })
    .map((xml, index) => {
      const path = join(folder, `${index}.xml`);
      writeFileSync(path, xml);
      return { name: `generated ${index}`, path };
    });
  const broken = join(folder, 'broken.xml');
  writeFileSync(broken, made(['<domain type="kvm"><memory>1</memory><wrong/></domain>', []]));
  const queue = [...kept, ...generated].values();
  const results: boolean[] = [];
  const worker = async () => {
    for (const { name, path } of queue) results.push(await validates(name, path));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  results.push(await refuses(broken));
  const passed = results.filter((isFine) => isFine).length;
  console.log(`${passed} passed, ${results.length - passed} failed, 0 skipped`);
  process.exitCode = passed === results.length ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

function made([source, interfaces]: [string, DomainInterface[]]): string {
  const spec = { ...domainSpec(interfaces), domainXml: source };
  const bridgeOf = bridgesBy(new Map());
  const result = domainXml({ source, root: readXml(source) }, { spec, bridgeOf, newUuid: NEW_UUID });
  if (result.ok) return result.xml;
  throw new Error(`a definition was refused: ${JSON.stringify(result.broken)}\n${source}`);
}

async function validates(name: string, path: string): Promise<boolean> {
  try {
    await run('virt-xml-validate', [path, 'domain']);
    return true;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    console.log(`${name}: ${stdout}${stderr}\n${readFileSync(path, 'utf8')}`);
    return false;
  }
}

/** A schema that takes everything would show nothing. */
async function refuses(path: string): Promise<boolean> {
  const isTaken = await run('virt-xml-validate', [path, 'domain']).then(
    () => true,
    () => false,
  );
  if (isTaken) console.log('virt-xml-validate took an element that there is not');
  return !isTaken;
}
