/** `npm run bench [-- parse start put put-on-servers vms vms-on-servers decision policy policy-on-servers restore prepare memory scan]`: the product's figures, each against a floor in the same run. */
import { benchDecision } from './decision.ts';
import { benchMemory } from './memory.ts';
import { benchParse } from './parse.ts';
import { benchPolicyEmbedded, benchPolicyOnServers } from './policy.ts';
import { benchPrepare } from './prepare.ts';
import { benchPutEmbedded, benchPutOnServers } from './put.ts';
import { benchRestore } from './restore.ts';
import { benchScan } from './scan.ts';
import { benchStart } from './start.ts';
import { tableText } from './table.ts';
import { benchVmsEmbedded, benchVmsOnServers } from './vms.ts';

const BENCHES = {
  parse: benchParse,
  start: benchStart,
  put: benchPutEmbedded,
  'put-on-servers': benchPutOnServers,
  vms: benchVmsEmbedded,
  'vms-on-servers': benchVmsOnServers,
  decision: benchDecision,
  policy: benchPolicyEmbedded,
  'policy-on-servers': benchPolicyOnServers,
  restore: benchRestore,
  prepare: benchPrepare,
  memory: benchMemory,
  scan: benchScan,
};
type BenchName = keyof typeof BENCHES;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; known: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
for (const name of (names.length > 0 ? names : Object.keys(BENCHES)) as BenchName[]) {
  console.log(`${tableText(await BENCHES[name]())}\n`);
}
